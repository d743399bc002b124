"""Staff and tickets: who leads what, since when, until when, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel
from chat.rules.entries import SYSTEM, Post
from identity.models import User
from tickets.actions import announcements
from tickets.actions.events import plain, record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.slots import free_slot, take_slot
from tickets.errors import AlreadyResolved, Invalid, NoFreeSlot, Taken
from tickets.models import Assignment, Slot, Ticket, TicketEvent

OWN = """
update tickets_ticket t
   set assignee_id = n.agent, assigned_at = %s, queued_at = null, held_at = null, returns_to_id = null
  from unnest(%s::bigint[], %s::uuid[]) as n(number, agent) where t.number = n.number
"""
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
    now = timezone.now()
    former = end_assignment(ticket=ticket, ending=Assignment.Ending.TRANSFERRED, at=now)
    if former is not None and former.agent != agent:
        chat.remove_participant(conversation=ticket.conversation, user=former.agent)
        announcements.announce_inbox([former.agent.pk], ticket)
    return place(ticket=ticket, agent=agent, by=by, reason=reason, at=now)


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
    if begun := Assignment.objects.filter(ticket=ticket, until=None).first():
        return begun
    assignment = place(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.TAKEN, at=timezone.now())
    announcements.announce_letter(ticket.number)
    return assignment


def begin_assignments(matches: Sequence[Match], *, by: User | None, reason: str, at: datetime) -> list[Assignment]:
    """Rows, participants, facts and frames, in a fixed few statements; the caller holds the locks and the places."""
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
    _own(matches, at)
    _let_in(matches, formers)
    _introduce(matches, formers, waited=[event.data["waited"] for event in events])
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
    agent = assignment.agent if assignment else ticket.assignee or ticket.returns_to
    ticket.assignee = ticket.assigned_at = ticket.held_at = ticket.returns_to = None
    if ticket.channel == Channel.CHAT:
        ticket.queued_at = ticket.waits_since or at
    else:
        chat.share_conversation(conversation=ticket.conversation)
    ticket.save(update_fields=OWNERSHIP)
    record_event(ticket=ticket, kind="unassigned", at=at, user=by, agent=agent.pk if agent else None, reason=ending)
    if agent is not None:
        data = {"agent": agent.display_name, "agent_id": str(agent.pk), "reason": ending}
        chat.record_fact(conversation=ticket.conversation, kind="unassigned", author=by, data=data, public=False)
        chat.remove_participant(conversation=ticket.conversation, user=agent)
        announcements.announce_inbox([agent.pk], ticket)
    announcements.announce_ticket(ticket)


def _own(matches: Sequence[Match], at: datetime) -> None:
    for match in matches:
        match.ticket.assignee, match.ticket.assigned_at = match.agent, at
        match.ticket.queued_at = match.ticket.held_at = match.ticket.returns_to = None
    numbers, agents = [match.ticket.pk for match in matches], [match.agent.pk for match in matches]
    with connection.cursor() as cursor:
        cursor.execute(OWN, [at, numbers, agents])


def _let_in(matches: Sequence[Match], formers: Sequence[UUID | None]) -> None:
    """The new agent may read and write; the one a held chat did not return to no longer."""
    for match, former in zip(matches, formers, strict=True):
        if former and former != match.agent.pk:
            chat.remove_participant(conversation=match.ticket.conversation, user=User.objects.get(pk=former))
    chat.add_participants(pairs=[(match.ticket.conversation, match.agent) for match in matches])
    for match in matches:
        if match.ticket.channel != Channel.CHAT:
            chat.unshare_conversation(conversation=match.ticket.conversation)


def _assigned_event(match: Match, *, by: User | None, reason: str, at: datetime) -> TicketEvent:
    ticket = match.ticket
    since = ticket.queued_at or ticket.waits_since
    waited = round((at - since).total_seconds()) if since else 0
    data = {"agent": match.agent.display_name, "agent_id": match.agent.pk, "waited": max(waited, 0), "reason": reason}
    return TicketEvent(ticket=ticket, kind="assigned", at=at, user=by, data=plain(data))


def _introduce(matches: Sequence[Match], formers: Sequence[UUID | None], *, waited: Sequence[int]) -> None:
    """Tell both sides; somebody who comes back to their own chat needs no introduction."""
    facts = [
        Post(
            conversation=match.ticket.conversation_id,
            writer=SYSTEM,
            kind="assigned",
            data=_introduction(match, seconds),
            trusted=True,
        )
        for match, former, seconds in zip(matches, formers, waited, strict=True)
        if former != match.agent.pk
    ]
    for outcome in chat.post_messages(facts):
        chat.posted_or_refused(outcome)
    for match in matches:
        announcements.announce_ticket(match.ticket)
        announcements.announce_inbox([match.agent.pk], match.ticket)


def _introduction(match: Match, waited: int) -> dict[str, object]:
    conversation, topic = match.ticket.conversation, match.ticket.topic
    about = {"topic": topic.code, "topic_title": topic.title_in(conversation.language)} if topic else {}
    return {"agent": match.agent.display_name, "waited": waited, "channel": conversation.channel} | about
