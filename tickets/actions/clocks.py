"""The clocks of many tickets at once, inside the transaction that stores the messages: few statements per batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from chat.models import AuthorKind, Channel, EntryKind
from chat.serializers import id_text
from tickets.actions import announcements
from tickets.actions.events import plain
from tickets.actions.matching import match_soon
from tickets.actions.rule_events import expect_rules
from tickets.errors import Invalid
from tickets.models import Ticket
from tickets.queries.promises import Promises, promises
from tickets.rules import promises as whole
from tickets.rules import sla
from tickets.rules.promises import Resolution
from tickets.rules.sla import Answer, Clock
from tickets.rules.thanks import is_farewell
from tickets.signals import ticket_reopened

CLOCK = [each.name for each in fields(Clock)]
WHOLE = {  # the clock of the whole answer, by the names of the columns
    "used": "resolution_used",
    "runs_since": "resolution_since",
    "due_at": "resolution_due_at",
    "warn_at": "resolution_warn_at",
}
STATE = ["thanked_at", "status", "assignee_id", "queued_at", "held_at", "returns_to_id", "snoozed_until", "resolved_at"]

# One JSON text each way: the driver would turn every value by itself, and most of them are handed back as they came.
READ = "select tickets_read_clocks(%s::uuid[])"
WRITE = "select tickets_write_clocks(%s, %s)"


@dataclass
class Row:
    """A ticket as the live path needs it: plain values, no model; what is only handed back is text."""

    number: int
    conversation: str
    channel: str
    topic: int | None
    priority: str
    clock: Clock
    resolution: Resolution
    state: dict[str, Any]
    has_moved: bool = False
    has_queued: bool = False
    was_reopened: bool = False
    events: list[tuple[str, datetime, UUID | None, dict[str, Any]]] = field(default_factory=list)


def move_clocks(entries: Sequence[Any]) -> list[Any]:
    """Start and stop the clocks of the conversations of these stored entries; notes and facts move nothing.

    Returns the staff's messages that have to leave as letters: the channels are read here anyway.
    """
    said = [entry for entry in entries if entry.kind == EntryKind.MESSAGE]
    if not said:
        return []
    rows = {row.conversation: row for row in _read({id_text(entry.conversation_id) for entry in said})}
    if not rows:
        return []
    promised = promises()
    for entry in said:
        if row := rows.get(id_text(entry.conversation_id)):
            _refuse_where_nobody_reads(row, entry)
            _hear(row, entry, promised)
    _write(list(rows.values()))
    _tell(list(rows.values()))
    by_mail = {conversation for conversation, row in rows.items() if row.channel == Channel.EMAIL}
    answers = [entry for entry in said if entry.author_kind == AuthorKind.STAFF] if by_mail else []
    return [entry for entry in answers if id_text(entry.conversation_id) in by_mail]


def _refuse_where_nobody_reads(row: Row, entry: Any) -> None:
    """A call has no other end to write to, and what leaves on paper has its own page."""
    is_ours = entry.author_kind == AuthorKind.STAFF and "outgoing_number" not in entry.data
    if is_ours and row.channel not in {Channel.CHAT, Channel.EMAIL}:
        raise Invalid("not_written_here")


def _hear(row: Row, entry: Any, promised: Promises) -> None:
    if entry.author_kind == AuthorKind.STAFF:
        _hear_staff(row, entry, promised)
    elif entry.author_kind != AuthorKind.SYSTEM:
        _hear_borrower(row, entry, promised)


def _hear_staff(row: Row, entry: Any, promised: Promises) -> None:
    week = promised.week_for(row.channel, row.topic, row.priority)
    row.clock, answered = sla.answer(row.clock, entry.created_at, week=week)
    row.resolution = whole.rest(row.resolution, entry.created_at, week=week)
    row.state["thanked_at"] = None
    if row.state["status"] == Ticket.Status.OPEN:
        row.state["status"] = Ticket.Status.WAITING
    if answered:
        row.has_moved = True
        row.events.append(("answered", entry.created_at, entry.author_id, answer_data(answered)))


def _hear_borrower(row: Row, entry: Any, promised: Promises) -> None:
    """An inbox follows its live chats by themselves; of a letter it has to be told each time."""
    at = entry.created_at
    if _only_thanks(row, entry):
        row.clock = replace(row.clock, borrower_wrote_at=at)
        row.state["thanked_at"] = row.state["thanked_at"] or at.isoformat()
        row.has_moved = True
        row.events.append(("thanked", at, None, {}))
        return
    row.has_moved = row.has_moved or row.clock.waiting_since is None or row.channel != Channel.CHAT
    promise = promised.for_ticket(row.channel, row.topic, row.priority)
    week = promised.week_for(row.channel, row.topic, row.priority)
    row.clock = sla.ask(row.clock, at, promise=promise, week=week)
    row.resolution = whole.run(
        row.resolution, at, target=promise.resolution_time, warn_time=promise.resolution_warn_time, week=week
    )
    if row.state["status"] == Ticket.Status.RESOLVED:
        row.was_reopened = True
        row.events.append(("reopened", at, None, {}))
    row.state |= {"status": Ticket.Status.OPEN, "resolved_at": None, "snoozed_until": None, "thanked_at": None}
    if row.channel == Channel.CHAT:
        _queue(row, at)


def _only_thanks(row: Row, entry: Any) -> bool:
    """After our answer, and owing nothing, a short thanks or goodbye is the last word and asks for none of ours."""
    is_answered = row.clock.waiting_since is None and row.clock.staff_wrote_at is not None
    return is_answered and row.state["queued_at"] is None and not entry.attachments and is_farewell(entry.body)


def _queue(row: Row, at: datetime) -> None:
    """A chat that has no agent, or gave its place up, waits for one from now on."""
    state = row.state
    if state["queued_at"] is not None or (state["assignee_id"] and not state["held_at"]):
        return
    state["returns_to_id"] = state["assignee_id"] or state["returns_to_id"]
    state |= {"queued_at": at, "assignee_id": None, "held_at": None}
    row.has_queued = True
    row.events.append(("queued", at, None, {}))


def answer_data(answered: Answer) -> dict[str, Any]:
    """What docs/metrics.md promises of the event ``answered``; durations in seconds."""
    return plain(
        {
            "first": answered.is_first,
            "asked_at": answered.asked_at.isoformat(),
            "due_at": answered.due_at.isoformat() if answered.due_at else None,
            "wait": round((answered.answered_at - answered.asked_at).total_seconds(), 3),
            "working_wait": round(answered.working_time, 3),
            "in_time": answered.due_at is None or answered.answered_at <= answered.due_at,
        }
    )


def _read(conversations: Iterable[str]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(READ, ["{" + ",".join(conversations) + "}"])
        (found,) = cursor.fetchone()
    return [_row(values) for values in orjson.loads(found)] if found else []


def _row(values: dict[str, Any]) -> Row:
    clock = Clock(*(datetime.fromisoformat(at) if (at := values[name]) else None for name in CLOCK))
    resolution = _resolution(values)
    state = {name: values[name] for name in STATE}
    number, conversation, channel = values["number"], values["conversation_id"], values["channel"]
    return Row(number, conversation, channel, values["topic_id"], values["priority"], clock, resolution, state)


RESTING = Resolution()


def _resolution(values: dict[str, Any]) -> Resolution:
    """Where no policy promises a whole answer there is nothing to read."""
    if not values["resolution_used"] and values["resolution_since"] is None:
        return RESTING
    moments = {name: values[WHOLE[name]] for name in ("runs_since", "due_at", "warn_at")}
    kept = {name: datetime.fromisoformat(at) if at else None for name, at in moments.items()}
    return Resolution(used=values["resolution_used"], **kept)


def _whole(clock: Resolution) -> dict[str, Any]:
    return {column: getattr(clock, name) for name, column in WHOLE.items()}


def _write(rows: list[Row]) -> None:
    moved = [{"number": row.number, **vars(row.clock), **_whole(row.resolution), **row.state} for row in rows]
    events = [
        {"ticket": row.number, "kind": kind, "at": at, "user": user, "data": data}
        for row in rows
        for kind, at, user, data in row.events
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [_text(moved), _text(events) if events else None])


def _text(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def _tell(rows: list[Row]) -> None:
    if any(row.has_queued for row in rows):
        match_soon()
    for row in rows:
        if row.has_moved and row.channel != Channel.CHAT and not row.state["assignee_id"]:
            announcements.announce_letter(row.number)
        elif row.has_moved:
            announcements.announce_number(row.number, [row.state["assignee_id"]])
        if row.was_reopened:
            at = timezone.now()
            expect_rules(ticket=row.number, event="reopened", at=at, key=at.isoformat())
            ticket_reopened.send(sender=Ticket, ticket=Ticket.objects.get(number=row.number), by=None)
