"""Which ticket a letter belongs to: what the rules of threading need to know, read from the tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Lower
from django.utils import timezone

from tickets.mailboxes.passwords import mail_key
from tickets.models import InboundLetter, MailReference, OutboundLetter, Suppression, Ticket, TicketParticipant
from tickets.queries.letters import Recent, id_hash
from tickets.rules.email import Letter
from tickets.rules.email.threading import (
    LONGEST_CHAIN,
    Candidate,
    Decision,
    Evidence,
    Knowledge,
    claims_of,
    decide,
    looks_forwarded,
    plain_subject,
)
from tickets.rules.email.tokens import letter_of_bounce_address, ticket_of_message_id

OLD = timedelta(days=30)  # a ticket resolved longer ago is not taken up again
OURS = [MailReference.Kind.OUT, MailReference.Kind.ALIAS]


def decision_for(letter: InboundLetter, reading: Letter, recent: Sequence[Recent]) -> Decision:
    """Which ticket the letter belongs to; a stub opened for this very letter comes first."""
    if letter.ticket_id is not None:
        return Decision(ticket=letter.ticket_id, by="stub")
    evidence = _evidence(letter, reading)
    claims = claims_of(evidence, knowledge=_knowledge(evidence), key=mail_key())
    tickets = _candidates(claim.ticket for claim in claims)
    decision = decide(claims, evidence=evidence, tickets=tickets, key=mail_key())
    if decision == Decision(ticket=None) and evidence.sender:
        return Decision(ticket=None, suggested=_similar(evidence.subject, recent))
    return decision


def _evidence(letter: InboundLetter, reading: Letter) -> Evidence:
    recipients = [letter.envelope_to, *reading.delivered_to, *(box.address for box in (*reading.to, *reading.cc))]
    return Evidence(
        sender=reading.from_address.lower() if reading.has_one_sender else "",
        mailbox=letter.mailbox.address,
        recipients=[each for each in recipients if each],
        message_ids=[*reading.in_reply_to, *reversed(reading.references)],
        subject=reading.subject,
        returned_id=reading.bounce.returned_id if reading.bounce else "",
        looks_forwarded=looks_forwarded(reading.subject, reading.text),
    )


def _knowledge(evidence: Evidence) -> Knowledge:
    wanted = dict.fromkeys(each for each in (*evidence.message_ids, evidence.returned_id) if each)
    names = {id_hash(each): each for each in wanted}
    if not names:
        return Knowledge(reported=_reported(evidence))
    rows = MailReference.objects.filter(id_hash__in=names).order_by("-ticket_id")
    ours: dict[str, list[int]] = {}
    theirs: dict[str, list[int]] = {}
    for hashed, number, kind in rows.values_list("id_hash", "ticket_id", "kind"):
        numbers = (ours if kind in OURS else theirs).setdefault(names[hashed], [])
        if number not in numbers:
            numbers.append(number)
    return Knowledge(ours=ours, theirs=theirs, reported=_reported(evidence))


def _reported(evidence: Evidence) -> int | None:
    """The ticket of the letter that a report came back for."""
    letter = reported_letter(evidence.recipients, mailbox=evidence.mailbox)
    return letter.ticket_id if letter else None


def letter_reported_by(letter: InboundLetter, reading: Letter) -> OutboundLetter | None:
    """Which of our letters a report is about, by a signature of ours that it carries; any other report says nothing."""
    evidence = _evidence(letter, reading)
    found = reported_letter(evidence.recipients, mailbox=evidence.mailbox)
    if found is not None or ticket_of_message_id(evidence.returned_id, key=mail_key()) is None:
        return found
    return OutboundLetter.objects.filter(message_id=evidence.returned_id).first()


def reported_letter(recipients: Iterable[str], *, mailbox: str) -> OutboundLetter | None:
    """Our letter whose own return address is among the recipients."""
    found = (letter_of_bounce_address(each, key=mail_key(), address=mailbox) for each in recipients)
    number = next((each for each in found if each is not None), None)
    return OutboundLetter.objects.filter(pk=number).first() if number else None


def _candidates(numbers: Iterable[int]) -> dict[int, Candidate]:
    """The tickets, and those they were merged into."""
    wanted, tickets = set(numbers), dict[int, Ticket]()
    for _ in range(LONGEST_CHAIN):
        if not wanted:
            break
        tickets |= {each.pk: each for each in Ticket.objects.filter(number__in=wanted).select_related("conversation")}
        wanted = {each.merged_into_id for each in tickets.values() if each.merged_into_id} - tickets.keys()
    if not tickets:
        return {}
    people = participants_of(tickets.values())
    old = timezone.now() - OLD
    return {
        number: Candidate(
            participants=frozenset(people[number]),
            merged_into=ticket.merged_into_id,
            is_old=ticket.resolved_at is not None and ticket.resolved_at < old,
        )
        for number, ticket in tickets.items()
    }


def participants_of(tickets: Iterable[Ticket]) -> dict[int, set[str]]:
    """The addresses that take part in each ticket: the correspondent, and whom an agent let in or wrote to."""
    found = {each.pk: {each.conversation.correspondent_address.lower()} - {""} for each in tickets}
    rows = TicketParticipant.objects.filter(ticket__in=found)
    for number, address in rows.values_list("ticket_id", "address"):
        found[number].add(address)
    return found


def names_of_participants(ticket: Ticket) -> dict[str, str]:
    """Everybody who takes part, by address in small letters; the correspondent first."""
    conversation = ticket.conversation
    found = {conversation.correspondent_address.lower(): conversation.correspondent_name}
    found |= dict(ticket.participants.order_by("pk").values_list("address", "name"))
    return {address: name for address, name in found.items() if address}


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part by letters, and whether we gave the address up."""

    address: str
    name: str
    suppression: Suppression | None


def participants_in(ticket: Ticket) -> list[Participant]:
    """The same with what became of their addresses."""
    names = names_of_participants(ticket)
    rows = Suppression.objects.annotate(lowered=Lower("address")).filter(lowered__in=names)
    given_up = {each.address.lower(): each for each in rows}
    return [Participant(address, name, given_up.get(address)) for address, name in names.items()]


def _similar(subject: str, recent: Sequence[Recent]) -> tuple[int, ...]:
    """Other tickets of the same sender about the same subject: for the agent to look at."""
    plain = plain_subject(subject)
    return tuple(each.number for each in recent if plain and plain_subject(each.subject) == plain)[:3]
