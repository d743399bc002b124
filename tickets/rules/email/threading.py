"""Which ticket a letter belongs to: the decision alone, from what is known about the candidates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tickets.rules.email import tokens


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A reason to believe that a letter belongs to a ticket; ``proves`` when only our correspondent could know it."""

    ticket: int
    by: str  # address | message_id | reference | subject
    proves: bool


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Where the letter goes. ``is_stranger``: it matched, but its sender takes no part in that ticket."""

    ticket: int | None
    by: str = ""
    is_stranger: bool = False


def claims_of(
    *,
    key: str,
    mailbox: str,
    recipients: Iterable[str],
    message_ids: Sequence[str],
    known: Mapping[str, Sequence[int]],
    subject: str,
) -> list[Claim]:
    """Every claim in the order of belief: signed address, our Message-IDs, ids that came in, the subject tag.

    ``message_ids`` are In-Reply-To, then References from the newest; ``known`` maps ids of letters we have to tickets.
    """
    claims = [
        Claim(ticket=number, by="address", proves=True)
        for recipient in recipients
        if (number := tokens.ticket_of_reply_address(recipient, key=key, address=mailbox)) is not None
    ]
    for message_id in message_ids:
        own = tokens.ticket_of_message_id(message_id, key=key)
        if own is not None:
            claims.append(Claim(ticket=own, by="message_id", proves=True))
        for each in known.get(message_id, ()):
            claims.append(Claim(ticket=each, by="reference", proves=False))
    tagged = tokens.ticket_of_subject(subject, key=key)
    if tagged is not None:
        claims.append(Claim(ticket=tagged, by="subject", proves=False))
    return claims


def decide(claims: Sequence[Claim], *, sender: str, participants: dict[int, set[str]]) -> Decision:
    """The first claim that holds. ``participants`` has the addresses of every existing ticket among the claims.

    A proof from a stranger (a forwarded letter) is put beside the ticket for the agent, never into the exchange;
    a mere reference or subject counts only for somebody who takes part.
    """
    for claim in claims:
        if claim.ticket not in participants:
            continue
        if sender.lower() in participants[claim.ticket]:
            return Decision(ticket=claim.ticket, by=claim.by)
        if claim.proves:
            return Decision(ticket=claim.ticket, by=claim.by, is_stranger=True)
    return Decision(ticket=None)
