"""Proving who wrote a letter: the lender is asked, a person decides. What was typed is kept nowhere."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel
from identity import lender
from identity.actions import record_audit
from identity.models import Borrower, User
from identity.rules.verification import NO, YES, Standing
from tickets.actions.announcements import announce_change
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid, LenderSilent, NotProved, TooManyChecks
from tickets.models import IdentityDecision, Ticket, Verification
from tickets.queries.identity import AGENT_CHECKS, TICKET_CHECKS, checks_by, checks_of_ticket, standing_for

Method, Outcome = Verification.Method, IdentityDecision.Outcome


def compare_fields(
    *, ticket: Ticket, borrower: Borrower, fields: Mapping[str, str], by: User, address: str | None = None
) -> Verification:
    """Ask the lender whether these words are the borrower's; only yes or no for each field comes back and is kept.

    The attempt is committed before the question, so that nobody can ask without being counted.
    """
    if not fields:
        raise Invalid("nothing_to_compare")
    attempt = _begin(ticket, borrower, by)
    verdicts = lender.compare(borrower.customer_id, fields)
    if verdicts is None:
        raise LenderSilent
    return _settle(attempt, verdicts, address)


@transaction.atomic
def _begin(ticket: Ticket, borrower: Borrower, by: User) -> Verification:
    ticket = _locked_letter(ticket)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two letters at once count as two
    if checks_of_ticket(ticket) >= TICKET_CHECKS or checks_by(by) >= AGENT_CHECKS:
        raise TooManyChecks
    return Verification.objects.create(ticket=ticket, borrower=borrower, by=by, method=Method.FIELDS)


@transaction.atomic
def _settle(attempt: Verification, verdicts: Mapping[str, str], address: str | None) -> Verification:
    attempt.verdicts, attempt.answered_at = dict(verdicts), timezone.now()
    attempt.save(update_fields=["verdicts", "answered_at"])
    _audit("identity.compared", attempt.ticket, attempt.borrower, attempt.by, address, verdicts=attempt.verdicts)
    return attempt


def record_search(*, ticket: Ticket, by: User, address: str | None = None) -> None:
    """Somebody looked for a person beside a letter; what they typed is personal data and stays out of the journal."""
    _audit("identity.searched", ticket, None, by, address)


@transaction.atomic
def judge_document(*, ticket: Ticket, borrower: Borrower, is_theirs: bool, by: User) -> Verification:
    """Somebody has looked at the photo of a document and says whether it is this borrower's."""
    ticket = _locked_letter(ticket)
    verdict = {"document": YES if is_theirs else NO}
    found = _proof(ticket, borrower, Method.DOCUMENT, verdict, by)
    _audit("identity.document_judged", ticket, borrower, by, None, verdicts=verdict)
    return found


@transaction.atomic
def confirm_identity(*, ticket: Ticket, borrower: Borrower, by: User, address: str | None = None) -> IdentityDecision:
    """The agent decides that the correspondent is this borrower: their loans and History open beside the letter."""
    ticket = _locked_letter(ticket)
    standing = standing_for(ticket, borrower)
    if not standing.is_proved:
        raise NotProved
    return _confirm(ticket, borrower, standing.level, _grounds(standing), by=by, address=address)


@transaction.atomic
def confirm_by_sign_in(*, ticket: Ticket, borrower: Borrower) -> IdentityDecision:
    """Whoever got the letter with our link has signed in to the lender's site: that alone proves them, at level 3."""
    ticket = _locked_letter(ticket)
    _proof(ticket, borrower, Method.LINK, {"signed_in": YES}, None)
    return _confirm(ticket, borrower, 3, {"reliable": "link", "verdicts": {}}, by=None)


@transaction.atomic
def decline_identity(
    *, ticket: Ticket, by: User, borrower: Borrower | None = None, address: str | None = None
) -> IdentityDecision:
    """The correspondent is not who they say: whatever had opened closes again."""
    ticket = _locked_letter(ticket)
    grounds = _grounds(standing_for(ticket, borrower)) if borrower else {}
    decision = _decide(ticket, outcome=Outcome.DECLINED, level=0, borrower=borrower, by=by, grounds=grounds)
    chat.link_borrower(conversation=ticket.conversation, borrower=None)
    data = {"agent": by.display_name}
    chat.record_fact(conversation=ticket.conversation, kind="unverified", author=by, data=data, public=False)
    _audit("identity.declined", ticket, borrower, by, address)
    announce_change(ticket)  # rows of every inbox that shows the letter say who wrote it
    return decision


def _confirm(
    ticket: Ticket,
    borrower: Borrower,
    level: int,
    grounds: dict[str, Any],
    *,
    by: User | None,
    address: str | None = None,
) -> IdentityDecision:
    decision = _decide(ticket, outcome=Outcome.CONFIRMED, level=level, borrower=borrower, by=by, grounds=grounds)
    chat.link_borrower(conversation=ticket.conversation, borrower=borrower)
    data: dict[str, Any] = {"level": level, "reliable": grounds["reliable"]}
    data |= {"agent": by.display_name} if by else {}
    chat.record_fact(conversation=ticket.conversation, kind="verified", author=by, data=data, public=False)
    _audit("identity.confirmed", ticket, borrower, by, address, level=level, reliable=grounds["reliable"])
    announce_change(ticket)  # rows of every inbox that shows the letter say who wrote it
    return decision


def _decide(ticket: Ticket, **decided: Any) -> IdentityDecision:
    """The new decision stands in the place of the one before it."""
    now = timezone.now()
    IdentityDecision.objects.filter(ticket=ticket, until=None).update(until=now)
    address = ticket.conversation.correspondent_address
    return IdentityDecision.objects.create(ticket=ticket, address=address, at=now, **decided)


def _proof(ticket: Ticket, borrower: Borrower, method: str, verdicts: dict[str, str], by: User | None) -> Verification:
    return Verification.objects.create(
        ticket=ticket, borrower=borrower, by=by, method=method, verdicts=verdicts, answered_at=timezone.now()
    )


def _grounds(standing: Standing) -> dict[str, Any]:
    return {"verdicts": dict(standing.verdicts), "reliable": standing.reliable, "matches": standing.matches}


def _locked_letter(ticket: Ticket) -> Ticket:
    ticket = lock_ticket(ticket.number)
    if ticket.channel == Channel.CHAT:
        raise Invalid("not_a_letter")
    return ticket


def _audit(
    code: str, ticket: Ticket, borrower: Borrower | None, by: User | None, address: str | None, **detail: Any
) -> None:
    whose = str(borrower.pk) if borrower else ""
    record_audit(
        code=code, actor=by, object_kind="ticket", object_id=ticket.number, address=address, borrower=whose, **detail
    )
