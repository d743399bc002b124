"""The life of a ticket: opened with its conversation, resolved, reopened, put off; its topic and its priority."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel, Conversation
from identity.access import Actor
from identity.models import User
from tickets.actions import announcements
from tickets.actions.assignments import OWNERSHIP, end_assignment
from tickets.actions.clocks import answer_data
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.matching import match_soon
from tickets.actions.resolutions import renew_resolution, rest_resolution, run_resolution
from tickets.actions.rule_events import expect_for_opened
from tickets.actions.scenario_runs import leave_scenario
from tickets.actions.slots import free_slot
from tickets.errors import AlreadyResolved, Invalid, TopicMissing
from tickets.models import Assignment, Priority, Ticket, TicketEvent, Topic
from tickets.queries.promises import promises
from tickets.queries.topics import why_not_finished_with
from tickets.rules import sla
from tickets.rules.sla import Clock
from tickets.signals import ticket_reopened, ticket_resolved

CLOCK = ["waiting_since", "due_at", "warn_at"]
WHOLE = ["resolution_used", "resolution_since", "resolution_due_at", "resolution_warn_at"]

# The ticket and its first event; nothing where the conversation has a ticket.
OPEN = """
with opened as (
  insert into tickets_ticket (conversation_id, channel, topic_id, status, opened_at, steps_done)
  values (%s, %s, %s, %s, %s, '[]') on conflict (conversation_id) do nothing returning *
), told as (
  insert into tickets_ticketevent (ticket_id, kind, at, data) select number, 'opened', opened_at, %s from opened)
select * from opened
"""


@transaction.atomic(savepoint=False)
def open_ticket(*, conversation: Conversation, topic_code: str = "", follows: UUID | None = None) -> Ticket:
    """The work begins with the conversation; a chat joins the queue with the borrower's first message.

    ``follows`` is a finished conversation of the same borrower that it goes on from; any other is left out.
    """
    topic = Topic.objects.filter(code=topic_code, archived_at=None).first() if topic_code else None
    data = orjson.dumps({"channel": str(conversation.channel), "topic": topic.code if topic else None}).decode()
    values = [conversation.pk, conversation.channel, topic.pk if topic else None, Ticket.Status.OPEN]
    opened = list(Ticket.objects.raw(OPEN, [*values, conversation.started_at, data]))
    if not opened:
        return Ticket.objects.get(conversation=conversation)
    [ticket] = opened
    ticket.conversation = conversation
    if follows:
        _go_on_from(ticket, follows)
    expect_for_opened(ticket)
    announcements.announce_inbox([], ticket)
    return ticket


@transaction.atomic
def set_topic(*, ticket: Ticket, topic: Topic | None, by: Actor | None) -> Ticket:
    """Another topic brings its own promise and its own scenario."""
    ticket = lock_ticket(ticket.number)
    if ticket.topic == topic:
        return ticket
    ticket.topic, ticket.steps_done = topic, []
    leave_scenario(ticket)
    _renew_promise(ticket)
    ticket.save(update_fields=["topic", "steps_done", *CLOCK, *WHOLE])
    now, code = timezone.now(), topic.code if topic else None
    record_event(ticket=ticket, kind="topic_set", at=now, user=_staff(by), topic=code)
    data = {"topic": code, "topic_title": topic.title_in(ticket.conversation.language) if topic else ""}
    chat.record_fact(conversation=ticket.conversation, kind="topic_set", author=by, data=data, public=False)
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


@transaction.atomic
def set_priority(*, ticket: Ticket, priority: str, by: User | None) -> Ticket:
    """Another priority brings its own promise, unless the old one is broken already."""
    ticket = lock_ticket(ticket.number)
    if priority not in Priority.values:
        raise Invalid("unknown_priority")
    before = ticket.priority
    if before == priority:
        return ticket
    ticket.priority = priority
    _renew_promise(ticket)
    ticket.save(update_fields=["priority", *CLOCK, *WHOLE])
    record_event(ticket=ticket, kind="priority_set", at=timezone.now(), user=by, before=before, priority=priority)
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


@transaction.atomic
def need_answer(*, ticket: Ticket, by: User) -> Ticket:
    """What was taken for a mere thanks asks for an answer after all: the clock runs since those words."""
    ticket = lock_ticket(ticket.number)
    if ticket.thanked_at is None or ticket.waiting_since is not None:
        raise Invalid("no_thanks")
    asked_at, ticket.thanked_at = ticket.thanked_at, None
    ticket.waiting_since, ticket.status, ticket.resolved_at = asked_at, Ticket.Status.OPEN, None
    _renew_promise(ticket)
    run_resolution(ticket, timezone.now())
    ticket.save(update_fields=["thanked_at", "status", "resolved_at", *CLOCK, *WHOLE])
    record_event(ticket=ticket, kind="answer_needed", at=timezone.now(), user=by, asked_at=asked_at.isoformat())
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor) -> Ticket:
    """The work is done: the place is free, the borrower is told; a chat closes with it. Refuses without a topic."""
    ticket = lock_ticket(ticket.number)
    if ticket.status == Ticket.Status.RESOLVED:
        raise AlreadyResolved
    if wrong := why_not_finished_with(ticket.topic):
        raise TopicMissing(wrong)
    return _resolve(ticket, by)


@transaction.atomic
def resolve_joined(*, ticket: Ticket, by: User) -> Ticket:
    """Its letters go on in another ticket, and so does the question of what they are about."""
    return _resolve(lock_ticket(ticket.number), by)


@transaction.atomic
def finish_closed(*, conversation: Conversation, by: Actor | None) -> Ticket | None:
    """The conversation was closed, by the borrower perhaps: its work is resolved unless it already is."""
    number = Ticket.objects.filter(conversation=conversation).values_list("number", flat=True).first()
    if number is None:
        return None
    ticket = lock_ticket(number)
    if ticket.status != Ticket.Status.RESOLVED:
        _finish(ticket, by)
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor) -> Ticket:
    """Take the work up again; a chat is reopened through its conversation."""
    ticket = lock_ticket(ticket.number)
    if ticket.status != Ticket.Status.RESOLVED:
        raise Invalid("not_resolved")
    if ticket.conversation.closed_at is not None:
        chat.reopen_conversation(conversation=ticket.conversation, by=by)
        ticket.refresh_from_db()
        return ticket
    chat.record_fact(conversation=ticket.conversation, kind="reopened", author=by, data=_named(by), public=True)
    return _take_up(ticket, by)


@transaction.atomic
def take_up_reopened(*, conversation: Conversation, by: Actor | None) -> Ticket | None:
    """The conversation was reopened: its work goes on, with the same agent if there is a place."""
    number = Ticket.objects.filter(conversation=conversation).values_list("number", flat=True).first()
    if number is None:
        return None
    ticket = lock_ticket(number)
    return _take_up(ticket, by) if ticket.status == Ticket.Status.RESOLVED else ticket


@transaction.atomic
def snooze(*, ticket: Ticket, until: datetime, by: User) -> Ticket:
    """Put the ticket out of sight until a moment or until the borrower writes; a chat gives its place up."""
    ticket = lock_ticket(ticket.number)
    now = timezone.now()
    if until <= now:
        raise Invalid("moment_passed")
    if ticket.status == Ticket.Status.RESOLVED:
        raise AlreadyResolved
    ticket.snoozed_until = until
    if free_slot(ticket=ticket, at=now):
        end_assignment(ticket=ticket, ending=Assignment.Ending.HELD, at=now)
        ticket.held_at = now
        match_soon()
    ticket.save(update_fields=["snoozed_until", "held_at"])
    record_event(ticket=ticket, kind="snoozed", at=now, user=by, until=until.isoformat())
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


@transaction.atomic
def owe_again(*, ticket: Ticket, answered_at: datetime) -> Ticket:
    """The answer of that moment did not leave, called back or refused: whoever asked still waits, since they asked."""
    ticket = lock_ticket(ticket.number)
    answered = TicketEvent.objects.filter(ticket=ticket, kind="answered", at=answered_at).first()
    if answered is None or ticket.staff_wrote_at != answered_at or ticket.status == Ticket.Status.RESOLVED:
        return ticket
    ticket.status, ticket.waiting_since = Ticket.Status.OPEN, datetime.fromisoformat(answered.data["asked_at"])
    if answered.data["first"]:
        ticket.first_response_at = None
    _renew_promise(ticket)
    ticket.save(update_fields=["status", "first_response_at", *CLOCK, *WHOLE])
    record_event(ticket=ticket, kind="withdrawn", at=timezone.now(), answered_at=answered_at.isoformat())
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


@transaction.atomic
def answered_after_all(*, ticket: Ticket, written_at: datetime, by: User | None) -> Ticket:
    """The answer of that moment, owed again when it failed, left at last: the clock stops, if nobody wrote since."""
    ticket, now = lock_ticket(ticket.number), timezone.now()
    did_fail = TicketEvent.objects.filter(ticket=ticket, kind="withdrawn", data__answered_at=written_at.isoformat())
    asked_again = ticket.borrower_wrote_at is not None and ticket.borrower_wrote_at > written_at
    if ticket.waiting_since is None or asked_again or not did_fail.exists():
        return ticket
    clock = Clock(**{each.name: getattr(ticket, each.name) for each in fields(Clock)})
    week = promises().week_for(ticket.channel, ticket.topic_id, ticket.priority)
    clock, answered = sla.answer(clock, now, week=week)
    for name, value in asdict(clock).items():
        setattr(ticket, name, value)
    ticket.status = Ticket.Status.WAITING
    ticket.save(update_fields=["status", *asdict(clock)])
    if answered:
        record_event(ticket=ticket, kind="answered", at=now, user=by, **answer_data(answered))
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


def _go_on_from(ticket: Ticket, conversation: UUID) -> None:
    own = Ticket.objects.filter(conversation__borrower=ticket.conversation.borrower_id, status=Ticket.Status.RESOLVED)
    if ticket.conversation.borrower_id and (previous := own.filter(conversation=conversation).first()):
        ticket.previous = previous
        ticket.save(update_fields=["previous"])


def _resolve(ticket: Ticket, by: Actor) -> Ticket:
    _finish(ticket, by)
    chat.record_fact(conversation=ticket.conversation, kind="resolved", author=by, data=_named(by), public=True)
    if ticket.channel == Channel.CHAT:
        chat.close_conversation(conversation=ticket.conversation, by=by)
    return ticket


def _finish(ticket: Ticket, by: Actor | None) -> None:
    now = timezone.now()
    unanswered_since = ticket.waiting_since.isoformat() if ticket.waiting_since else None
    end_assignment(ticket=ticket, ending=Assignment.Ending.RESOLVED, at=now)
    ticket.status, ticket.resolved_at = Ticket.Status.RESOLVED, now
    ticket.waiting_since = ticket.due_at = ticket.warn_at = None
    ticket.queued_at = ticket.held_at = ticket.snoozed_until = ticket.thanked_at = None
    rest_resolution(ticket, now)
    ticket.save(update_fields=["status", "resolved_at", "snoozed_until", "thanked_at", *CLOCK, *WHOLE, *OWNERSHIP])
    record_event(ticket=ticket, kind="resolved", at=now, user=_staff(by), unanswered_since=unanswered_since)
    ticket_resolved.send(sender=Ticket, ticket=ticket, by=by)
    announcements.announce_ticket(ticket)
    announcements.announce_inbox([ticket.assignee_id], ticket)
    match_soon()


def _take_up(ticket: Ticket, by: Actor | None) -> Ticket:
    now = timezone.now()
    ticket.status, ticket.resolved_at = Ticket.Status.OPEN, None
    if ticket.channel == Channel.CHAT and ticket.assignee_id:
        ticket.held_at = now  # the borrower's next message brings it back to the same agent
    run_resolution(ticket, now)
    ticket.save(update_fields=["status", "resolved_at", "held_at", *WHOLE])
    record_event(ticket=ticket, kind="reopened", at=now, user=_staff(by))
    ticket_reopened.send(sender=Ticket, ticket=ticket, by=by)
    announcements.announce_ticket(ticket)
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return ticket


def _renew_promise(ticket: Ticket) -> None:
    """What is promised now. A promise that is broken already stays broken, whatever is changed afterwards."""
    now = timezone.now()
    if ticket.due_at is None or ticket.due_at > now:
        promised = promises()
        clock = Clock(waiting_since=ticket.waits_since, first_response_at=ticket.first_response_at)
        promise = promised.for_ticket(ticket.channel, ticket.topic_id, ticket.priority)
        week = promised.week_for(ticket.channel, ticket.topic_id, ticket.priority)
        clock = sla.promised(clock, promise=promise, week=week)
        ticket.due_at, ticket.warn_at = clock.due_at, clock.warn_at
    renew_resolution(ticket, now)


def _staff(actor: Actor | None) -> User | None:
    return actor if isinstance(actor, User) else None


def _named(by: Actor) -> dict[str, Any]:
    return {"agent": by.display_name} if isinstance(by, User) else {}
