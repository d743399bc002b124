"""Which ticket a letter belongs to: the decision alone, from what the letter says and what is known of tickets.

The first claim that holds wins: a signed address, an id of ours in In-Reply-To or References, a report about a letter
of ours, the subject's tag. Never by the text of the letter.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tickets.rules.email import tokens

LONGEST_CHAIN = 10  # of merged tickets
_PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|sv|vs|antw|r|fwd?|wg|tr|rv|i|enc|отв|ответ|на|пересл|пер)\s*(?:\[\d{1,3}\])?\s*[:：]\s*)+", re.I
)
_FORWARD = re.compile(r"^(?:\s*(?:re|aw|отв)\s*:)*\s*(?:fwd?|wg|tr|rv|i|enc|пересл|пер)\s*:", re.I)
_BLOCK = re.compile(
    r"^[ \t>]*[-_=*]{2,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado"
    r"|пересылаемое сообщение|пересланное сообщение|переадресованное сообщение)|^begin forwarded message:",
    re.I | re.M,
)
_TAG = re.compile(r"\[SD-\d{1,18}-[a-z2-7]{3}\]", re.I)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What a letter says of where it belongs. ``message_ids``: In-Reply-To, then References from the newest."""

    sender: str
    mailbox: str
    recipients: Sequence[str]
    message_ids: Sequence[str] = ()
    subject: str = ""
    returned_id: str = ""  # of our letter that a report gives back
    looks_forwarded: bool = False


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known of ids: whose letters they were, and in which tickets; ``reported``: the ticket of a VERP token."""

    ours: Mapping[str, Sequence[int]] = field(default_factory=dict)
    theirs: Mapping[str, Sequence[int]] = field(default_factory=dict)
    reported: int | None = None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A ticket that may be meant. ``is_old``: finished so long ago that it is not taken up again."""

    participants: frozenset[str]
    merged_into: int | None = None
    is_old: bool = False


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A reason to believe that a letter belongs to a ticket; ``proves`` when only our correspondent could know it.

    ``mark`` stands for the person a signed address was given to.
    """

    ticket: int
    by: str  # address | message_id | bounce | reference | subject
    proves: bool
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Where the letter goes. ``is_stranger``: it matched, but its sender takes no part in that ticket.

    ``has_token``: the sender holds what we gave to that very person. ``previous``: the old ticket that a new one goes
    on from. ``suggested``: tickets the agent may join it with.
    """

    ticket: int | None
    by: str = ""
    is_stranger: bool = False
    has_token: bool = False
    previous: int | None = None
    suggested: tuple[int, ...] = ()


def claims_of(evidence: Evidence, *, knowledge: Knowledge, key: str) -> list[Claim]:
    """Every claim, in the order of belief."""
    claims: list[Claim] = []
    for recipient in evidence.recipients:
        token = tokens.read_reply_address(recipient, key=key, address=evidence.mailbox)
        if token is not None:
            claims.append(Claim(ticket=token.ticket, by="address", proves=True, mark=token.mark))
    for message_id in evidence.message_ids:
        claims += [Claim(ticket=each, by="message_id", proves=True) for each in _owners(message_id, knowledge, key)]
        claims += [Claim(ticket=each, by="reference", proves=False) for each in knowledge.theirs.get(message_id, ())]
    if knowledge.reported is not None:
        claims.append(Claim(ticket=knowledge.reported, by="bounce", proves=True))
    if evidence.returned_id:
        owners = _owners(evidence.returned_id, knowledge, key)
        claims += [Claim(ticket=each, by="bounce", proves=True) for each in owners]
    tagged = tokens.ticket_of_subject(evidence.subject, key=key)
    if tagged is not None:
        claims.append(Claim(ticket=tagged, by="subject", proves=False))
    return claims


def _owners(message_id: str, knowledge: Knowledge, key: str) -> list[int]:
    """The tickets from which a letter of this id left: by its signature, or by our own book."""
    signed = tokens.ticket_of_message_id(message_id, key=key)
    found = [signed] if signed is not None else []
    return [*found, *(each for each in knowledge.ours.get(message_id, ()) if each not in found)]


def decide(
    claims: Sequence[Claim],
    *,
    evidence: Evidence,
    tickets: Mapping[int, Candidate],
    similar: Sequence[int] = (),
    key: str = "",
) -> Decision:
    """The first claim that holds. ``tickets``: every existing one among the claims, and where those were merged into.

    A proof from a stranger (a letter passed on) is put beside the ticket for the agent, never into the exchange; a mere
    reference or subject counts only for somebody who takes part.
    """
    sender = evidence.sender.lower()
    for claim in claims:
        path = _path(claim.ticket, tickets)
        if not path:
            continue
        people = frozenset[str]().union(*(tickets[each].participants for each in path))
        takes_part = bool(sender) and sender in people
        last, is_old = path[-1], tickets[path[-1]].is_old
        if claim.by == "bounce":
            return Decision(ticket=last, by="bounce")
        if takes_part and claim.by != "address" and _is_forward(evidence, people):
            return Decision(ticket=None, suggested=(last,))
        if takes_part and is_old:
            return Decision(ticket=None, by=claim.by, previous=last)
        if takes_part:
            is_theirs = claim.proves and (not claim.mark or claim.mark == tokens.participant_mark(key, sender))
            return Decision(ticket=last, by=claim.by, has_token=is_theirs)
        if claim.proves and not is_old:
            return Decision(ticket=last, by=claim.by, is_stranger=True)
    return Decision(ticket=None, suggested=tuple(similar))


def _path(ticket: int, tickets: Mapping[int, Candidate]) -> list[int]:
    """The ticket and those it was merged into, one after the other; empty when there is none."""
    path: list[int] = []
    step: int | None = ticket
    while step is not None and step in tickets and step not in path and len(path) < LONGEST_CHAIN:
        path.append(step)
        step = tickets[step].merged_into
    return path


def _is_forward(evidence: Evidence, people: Iterable[str]) -> bool:
    """Passed on to people who were not there before: another matter, probably."""
    others = {each.lower() for each in evidence.recipients if not tokens.is_of(each, evidence.mailbox)}
    return evidence.looks_forwarded and bool(others - set(people))


def looks_forwarded(subject: str, text: str) -> bool:
    """Whether it says of itself that it was passed on."""
    return bool(_FORWARD.match(subject) or _BLOCK.search(text[:20_000]))


def plain_subject(subject: str) -> str:
    """The subject without what answering and passing on put before it, to compare two of them."""
    return " ".join(_TAG.sub(" ", _PREFIX.sub("", _TAG.sub(" ", subject))).split()).casefold()
