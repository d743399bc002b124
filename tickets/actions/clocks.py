"""The clocks of many tickets at once, inside the transaction that stores the messages: few statements per batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from chat.models import AuthorKind, Channel, EntryKind
from chat.serializers import id_text
from tickets.actions import announcements
from tickets.actions.events import plain
from tickets.actions.matching import match_soon
from tickets.models import Ticket
from tickets.queries.promises import Promises, promises
from tickets.rules import sla
from tickets.rules.sla import Answer, Clock
from tickets.signals import ticket_reopened

CLOCK = [each.name for each in fields(Clock)]
STATE = ["status", "assignee_id", "queued_at", "held_at", "returns_to_id", "snoozed_until", "resolved_at"]

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
    clock: Clock
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
            _hear(row, entry, promised)
    _write(list(rows.values()))
    _tell(list(rows.values()))
    by_mail = {conversation for conversation, row in rows.items() if row.channel == Channel.EMAIL}
    answers = [entry for entry in said if entry.author_kind == AuthorKind.STAFF] if by_mail else []
    return [entry for entry in answers if id_text(entry.conversation_id) in by_mail]


def _hear(row: Row, entry: Any, promised: Promises) -> None:
    if entry.author_kind == AuthorKind.STAFF:
        _hear_staff(row, entry, promised)
    elif entry.author_kind != AuthorKind.SYSTEM:
        _hear_borrower(row, entry.created_at, promised)


def _hear_staff(row: Row, entry: Any, promised: Promises) -> None:
    row.clock, answered = sla.answer(row.clock, entry.created_at, week=promised.week)
    if row.state["status"] == Ticket.Status.OPEN:
        row.state["status"] = Ticket.Status.WAITING
    if answered:
        row.has_moved = True
        row.events.append(("answered", entry.created_at, entry.author_id, answer_data(answered)))


def _hear_borrower(row: Row, at: datetime, promised: Promises) -> None:
    """An inbox follows its live chats by themselves; of a letter it has to be told each time."""
    row.has_moved = row.has_moved or row.clock.waiting_since is None or row.channel != Channel.CHAT
    row.clock = sla.ask(row.clock, at, promise=promised.for_ticket(row.channel, row.topic), week=promised.week)
    if row.state["status"] == Ticket.Status.RESOLVED:
        row.was_reopened = True
        row.events.append(("reopened", at, None, {}))
    row.state |= {"status": Ticket.Status.OPEN, "resolved_at": None, "snoozed_until": None}
    if row.channel == Channel.CHAT:
        _queue(row, at)


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
    state = {name: values[name] for name in STATE}
    return Row(values["number"], values["conversation_id"], values["channel"], values["topic_id"], clock, state)


def _write(rows: list[Row]) -> None:
    moved = [{"number": row.number, **vars(row.clock), **row.state} for row in rows]
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
            ticket_reopened.send(sender=Ticket, ticket=Ticket.objects.get(number=row.number), by=None)
