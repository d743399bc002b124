"""Staff and tickets: who leads what, since when, until when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel
from identity.models import User
from tickets.actions import announcements
from tickets.actions.events import plain, record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.slots import free_slot, take_slot
from tickets.errors import AlreadyResolved, Invalid, NoFreeSlot, Taken
from tickets.models import Assignment, Slot, Ticket, TicketEvent

OWNERSHIP = ["assignee", "assigned_at", "queued_at", "held_at", "returns_to"]


@dataclass(frozen=True)
class Match:
    """A ticket, the agent it goes to, and the place it takes there (letters need none)."""

    ticket: Ticket
    agent: User
    slot: Slot | None = None


@transaction.atomic
def assign(*, ticket: Ticket, agent: User, by: User | None = None, reason: str) -> Assignment:
    """Give the ticket to an agent who has a place for it; ends whatever assignment there was."""
    ticket = lock_ticket(ticket.number)
    if ticket.status == Ticket.Status.RESOLVED:
        raise AlreadyResolved
    return place(ticket=ticket, agent=agent, by=by, reason=reason, at=timezone.now())


def place(*, ticket: Ticket, agent: User, by: User | None, reason: str, at: datetime) -> Assignment:
    """The same for a ticket that the caller has locked and released."""
    if not agent.is_active:
        raise Invalid("unknown_agent")
    slot = take_slot(agent=agent, ticket=ticket, at=at) if ticket.channel == Channel.CHAT else None
    if ticket.channel == Channel.CHAT and slot is None:
        raise NoFreeSlot
    return begin_assignments([Match(ticket, agent, slot)], by=by, reason=reason, at=at)[0]


@transaction.atomic
def take(*, ticket: Ticket, by: User) -> Assignment:
    """An agent takes a letter nobody leads; the second of two gets a refusal with the first one's name."""
    ticket = lock_ticket(ticket.number)
    if ticket.status == Ticket.Status.RESOLVED:
        raise AlreadyResolved
    if ticket.channel == Channel.CHAT:
        raise Invalid("chats_come_by_themselves")
    if ticket.assignee and ticket.assignee != by:
        raise Taken(ticket.assignee.display_name)
    if ticket.assignee == by:
        return Assignment.objects.get(ticket=ticket, until=None)
    assignment = place(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.TAKEN, at=timezone.now())
    announcements.announce_letter(ticket.number)
    return assignment


def begin_assignments(matches: Sequence[Match], *, by: User | None, reason: str, at: datetime) -> list[Assignment]:
    """Rows, participants, facts and frames of tickets whose locks and places the caller holds."""
    lease_ends = at + timedelta(seconds=settings.FIRST_ANSWER_TIME)
    rows = []
    for match in matches:
        due = lease_ends if match.ticket.channel == Channel.CHAT else None
        row = Assignment(ticket=match.ticket, agent=match.agent, by=by, reason=reason, since=at, answer_due_at=due)
        rows.append(row)
    Assignment.objects.bulk_create(rows)
    events = [_assigned_event(match, by=by, reason=reason, at=at) for match in matches]
    TicketEvent.objects.bulk_create(events)
    formers = [match.ticket.returns_to_id for match in matches]
    for match in matches:
        _own(match, at)
    Ticket.objects.bulk_update([match.ticket for match in matches], OWNERSHIP)
    for match, event, former in zip(matches, events, formers, strict=True):
        _introduce(match, waited=event.data["waited"], former=former)
    return rows


def end_assignment(*, ticket: Ticket, ending: str, at: datetime) -> Assignment | None:
    """Close the open assignment and free its place; who leads the ticket now is the caller's to write."""
    free_slot(ticket=ticket, at=at)
    assignment = Assignment.objects.filter(ticket=ticket, until=None).select_related("agent").first()
    if assignment is not None:
        assignment.until, assignment.ending = at, ending
        assignment.save(update_fields=["until", "ending"])
    return assignment


def return_to_queue(*, ticket: Ticket, ending: str, at: datetime, by: User | None = None) -> None:
    """Take the ticket from its agent; a chat waits for another, in its old place in the queue by its question."""
    assignment = end_assignment(ticket=ticket, ending=ending, at=at)
    agent = assignment.agent if assignment else ticket.assignee
    ticket.assignee = ticket.assigned_at = ticket.held_at = ticket.returns_to = None
    if ticket.channel == Channel.CHAT:
        ticket.queued_at = ticket.waiting_since or at
    ticket.save(update_fields=OWNERSHIP)
    record_event(ticket=ticket, kind="unassigned", at=at, user=by, agent=agent.pk if agent else None, reason=ending)
    if agent is not None:
        data = {"agent": agent.display_name, "agent_id": str(agent.pk), "reason": ending}
        chat.record_fact(conversation=ticket.conversation, kind="unassigned", author=by, data=data, public=False)
        chat.remove_participant(conversation=ticket.conversation, user=agent)
        announcements.announce_inbox([agent.pk], ticket)
    announcements.announce_ticket(ticket)
    announcements.announce_queue_soon()


def _own(match: Match, at: datetime) -> None:
    ticket = match.ticket
    ticket.assignee, ticket.assigned_at = match.agent, at
    ticket.queued_at = ticket.held_at = ticket.returns_to = None


def _assigned_event(match: Match, *, by: User | None, reason: str, at: datetime) -> TicketEvent:
    ticket = match.ticket
    since = ticket.queued_at or ticket.waiting_since
    waited = round((at - since).total_seconds()) if since else 0
    data = {"agent": match.agent.display_name, "agent_id": match.agent.pk, "waited": max(waited, 0), "reason": reason}
    return TicketEvent(ticket=ticket, kind="assigned", at=at, user=by, data=plain(data))


def _introduce(match: Match, *, waited: int, former: UUID | None) -> None:
    """Let the agent in, tell both sides; somebody who comes back to their own chat needs no introduction."""
    ticket = match.ticket
    if former and former != match.agent.pk:
        chat.remove_participant(conversation=ticket.conversation, user=User.objects.get(pk=former))
    chat.add_participant(conversation=ticket.conversation, user=match.agent)
    if former != match.agent.pk:
        data = {"agent": match.agent.display_name, "waited": waited}
        chat.record_fact(conversation=ticket.conversation, kind="assigned", data=data, public=True)
    announcements.announce_ticket(ticket)
    announcements.announce_inbox([match.agent.pk], ticket)
