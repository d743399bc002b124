"""The identity desk as the agent sees it: rule, candidates, what matches, ways to prove it, who decided what."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from identity.models import User
from identity.rules.pii import mask_phone
from identity.rules.verification import NEEDED, NO, YES, Standing
from tickets.models import IdentityDecision, Ticket, UploadLink, Verification
from tickets.queries.identity import (
    TICKET_CHECKS,
    Candidate,
    address_verdict,
    candidates_of,
    checks_of_ticket,
    decision_of,
    documents_of,
    level_of,
    masked_in,
    open_link_of,
    signs_of,
    standing_for,
    tries_of,
)

NAME_FIELDS = ("full_name", "birth_date")


@dataclass(frozen=True)
class Row:
    """One line of the checklist: ``state`` is ok, no or wait, ``says`` a code the template puts into words."""

    what: str
    state: str
    says: str


@dataclass(frozen=True)
class IdentityPanel:
    """Nothing of a loan is here: names and verdicts only."""

    ticket: Ticket
    level: int
    decision: IdentityDecision | None
    candidates: list[Candidate]
    chosen: Candidate | None
    standing: Standing | None
    rows: list[Row]
    phone: str
    loan: str
    link: UploadLink | None
    documents: list[UploadLink]
    tries: list[Verification]
    checks_left: int
    masked: int
    query: str
    is_theirs: bool

    @property
    def matches(self) -> int:
        return self.standing.matches if self.standing else 0

    @property
    def needed(self) -> int:
        return NEEDED

    @property
    def may_confirm(self) -> bool:
        return self.standing is not None and self.standing.is_proved

    @property
    def can_compare(self) -> bool:
        return bool(settings.LENDER_API_URL) and self.checks_left > 0


def identity_panel(*, ticket: Ticket, user: User, chosen: str = "", query: str = "") -> IdentityPanel:
    is_theirs = ticket.assignee_id == user.pk or user.is_supervisor
    candidates = candidates_of(ticket, query=query) if is_theirs else []
    picked = _picked(ticket, candidates, chosen)
    standing = standing_for(ticket, picked.borrower) if picked else None
    loans = signs_of(ticket).loans
    return IdentityPanel(
        ticket=ticket,
        level=level_of(ticket),
        decision=decision_of(ticket),
        candidates=candidates,
        chosen=picked,
        standing=standing,
        rows=_rows(ticket, picked, standing) if picked and standing else [],
        phone=mask_phone(picked.borrower.phone) if picked and picked.borrower.phone else "",
        loan=loans[0] if loans else "",
        link=open_link_of(ticket),
        documents=documents_of(ticket),
        tries=tries_of(ticket),
        checks_left=max(TICKET_CHECKS - checks_of_ticket(ticket), 0),
        masked=masked_in(ticket),
        query=query,
        is_theirs=is_theirs,
    )


def _picked(ticket: Ticket, candidates: list[Candidate], chosen: str) -> Candidate | None:
    """Whom the agent chose; else whom they chose last; else the only one there is."""
    wanted = chosen or str(
        Verification.objects.filter(ticket=ticket).order_by("-pk").values_list("borrower_id", flat=True).first() or ""
    )
    picked = next((each for each in candidates if str(each.borrower.pk) == wanted), None)
    return picked or (candidates[0] if candidates else None)


def _rows(ticket: Ticket, picked: Candidate, standing: Standing) -> list[Row]:
    said = standing.verdicts
    return [
        _of_fields("name", [said.get(field) for field in NAME_FIELDS]),
        _of_fields("loan", [said.get("loan")]),
        _of_address(address_verdict(ticket, picked.borrower)),
        Row("reliable", "ok", standing.reliable) if standing.reliable else _refuted(said),
    ]


def _of_fields(what: str, verdicts: list[str | None]) -> Row:
    if NO in verdicts:
        return Row(what, "no", "differs")
    if all(verdict == YES for verdict in verdicts):
        return Row(what, "ok", "matches")
    return Row(what, "wait", "partly" if YES in verdicts else "unknown")


def _of_address(verdict: str) -> Row:
    states = {YES: Row("address", "ok", "matches"), NO: Row("address", "no", "other")}
    return states.get(verdict, Row("address", "wait", "unproved"))


def _refuted(said: Any) -> Row:
    if NO in {said.get("passport"), said.get("passport_tail"), said.get("document")}:
        return Row("reliable", "no", "differs")
    return Row("reliable", "wait", "none")
