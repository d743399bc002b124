"""The append-only log that every service metric is computed from."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from identity.models import User
from tickets.actions.rule_events import expect_rules
from tickets.models import Ticket, TicketEvent


def record_event(*, ticket: Ticket, kind: str, at: datetime, user: User | None = None, **data: Any) -> TicketEvent:
    """Write one event; its kinds and data are described in docs/metrics.md."""
    event = TicketEvent.objects.create(ticket=ticket, kind=kind, at=at, user=user, data=plain(data))
    expect_rules(ticket=ticket.number, event=kind, at=at, key=event.pk)
    return event


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Only what JSON knows: moments as ISO text, ids as text."""
    return {name: value if isinstance(value, PLAIN) else str(value) for name, value in data.items()}


PLAIN = (str, int, float, bool, list, dict, type(None))
