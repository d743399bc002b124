"""Promising that the rules are looked at: a row of the outbox with the event itself, never the work of a rule.

Nothing is promised for an event that no rule listens to.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from chat.models import EntryKind
from tickets.actions.outbox import enqueue
from tickets.models import Ticket, TicketEvent
from tickets.queries.event_rules import ASKERS, MESSAGE, listened, numbers_by_conversation
from tickets.rules.event_rules import DEEPEST

LOOK = "look_at_rules"
_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def caused_by_a_rule(depth: int) -> Iterator[None]:
    """What happens within is a change by a rule that was itself set off so many times."""
    token = _depth.set(depth + 1)
    try:
        yield
    finally:
        _depth.reset(token)


def expect_rules(*, ticket: int, event: str, at: datetime, key: Any) -> None:
    """Let the rules be looked at after this commit. ``key`` tells this event from others of the ticket."""
    if event not in listened():
        return
    depth = _depth.get()
    if depth > DEEPEST:
        TicketEvent.objects.create(ticket_id=ticket, kind="rules_stopped", at=at, data={"event": event})
        return
    payload = {"ticket": ticket, "event": event, "at": at.isoformat(), "depth": depth}
    enqueue(kind=LOOK, key=f"rules:{event}:{ticket}:{key}", payload=payload)


def expect_for_messages(entries: Iterable[Any]) -> None:
    """The same for what borrowers wrote; where no rule listens to messages it costs the live path nothing."""
    if MESSAGE not in listened():
        return
    said = [entry for entry in entries if entry.kind == EntryKind.MESSAGE and entry.author_kind in ASKERS]
    numbers = numbers_by_conversation(entry.conversation_id for entry in said) if said else {}
    for entry in said:
        if number := numbers.get(entry.conversation_id):
            payload = {"ticket": number, "event": MESSAGE, "at": entry.created_at.isoformat(), "seq": entry.seq}
            enqueue(kind=LOOK, key=f"rules:{MESSAGE}:{number}:{entry.seq}", payload={**payload, "depth": 0})


def expect_for_opened(ticket: Ticket) -> None:
    expect_rules(ticket=ticket.number, event="opened", at=ticket.opened_at, key="once")
