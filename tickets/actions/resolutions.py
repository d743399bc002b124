"""The clock of the whole answer of one ticket: it rests while the borrower owes, and goes on when we do."""

from datetime import datetime

from tickets.models import Ticket
from tickets.queries.promises import promises
from tickets.rules import promises as rules
from tickets.rules.promises import Resolution


def run_resolution(ticket: Ticket, at: datetime) -> None:
    """Set the moments of a clock that goes on; whoever calls saves them."""
    promised = promises()
    promise = promised.for_ticket(ticket.channel, ticket.topic_id, ticket.priority)
    week = promised.week_for(ticket.channel, ticket.topic_id, ticket.priority)
    target, warn_time = promise.resolution_time, promise.resolution_warn_time
    _set(ticket, rules.run(_clock(ticket), at, target=target, warn_time=warn_time, week=week))


def rest_resolution(ticket: Ticket, at: datetime) -> None:
    week = promises().week_for(ticket.channel, ticket.topic_id, ticket.priority)
    _set(ticket, rules.rest(_clock(ticket), at, week=week))


def renew_resolution(ticket: Ticket, at: datetime) -> None:
    """Another topic or priority promises something else; what is broken already stays broken."""
    is_broken = ticket.resolution_due_at is not None and ticket.resolution_due_at <= at
    if ticket.waiting_since is None or is_broken:
        return
    if ticket.resolution_since is not None:
        rest_resolution(ticket, at)
    run_resolution(ticket, at)


def _clock(ticket: Ticket) -> Resolution:
    moments = (ticket.resolution_since, ticket.resolution_due_at, ticket.resolution_warn_at)
    return Resolution(ticket.resolution_used, *moments)


def _set(ticket: Ticket, clock: Resolution) -> None:
    ticket.resolution_used, ticket.resolution_since = clock.used, clock.runs_since
    ticket.resolution_due_at, ticket.resolution_warn_at = clock.due_at, clock.warn_at
