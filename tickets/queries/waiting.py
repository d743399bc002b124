"""What a waiting borrower is told: people ahead, the expected wait, or when the desk opens."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F
from django.utils import timezone

from chat.models import Channel
from tickets.models import Assignment, Ticket
from tickets.queries import promises, routing
from tickets.rules.moments import instant_or_none
from tickets.rules.routing import expected_wait

RECENT = timedelta(hours=2)
USUAL_HANDLE_TIME = 600.0  # seconds, until there is something to measure
FEWEST_MEASURED = 5


@dataclass(frozen=True)
class DeskState:
    """How busy the desk is at a moment."""

    at: datetime
    opens_at: datetime | None
    agents: int
    places: int
    free: int
    waiting: int
    handle_time: float

    @property
    def is_open(self) -> bool:
        """Within working hours, or somebody answers all the same."""
        return self.opens_at is None or self.agents > 0

    def wait_behind(self, ahead: int) -> int | None:
        return expected_wait(ahead=ahead, free=self.free, places=self.places, handle_time=self.handle_time)


def desk_state() -> DeskState:
    now = timezone.now()
    agents = routing.agents_on_line(now)
    return DeskState(
        at=now,
        opens_at=promises.opens_at(now),
        agents=len(agents),
        places=sum(agent.free + agent.load for agent in agents),
        free=sum(max(agent.free, 0) for agent in agents),
        waiting=routing.queued_chats().count(),
        handle_time=recent_handle_time(now),
    )


def recent_handle_time(now: datetime) -> float:
    """Mean time a chat held a place lately; the usual figure while there are too few to measure."""
    held = ExpressionWrapper(F("until") - F("since"), output_field=DurationField())
    ended = Assignment.objects.filter(ticket__channel=Channel.CHAT, until__gt=now - RECENT)
    durations = ended.exclude(ending=Assignment.Ending.UNANSWERED).annotate(held=held)
    row = durations.aggregate(mean=Avg("held"), n=Count("id"))
    return row["mean"].total_seconds() if row["n"] >= FEWEST_MEASURED else USUAL_HANDLE_TIME


def people_ahead(ticket: Ticket) -> int:
    if ticket.queued_at is None:
        return 0
    earlier = routing.queued_chats().filter(queued_at__lte=ticket.queued_at).exclude(number=ticket.number)
    return earlier.exclude(queued_at=ticket.queued_at, number__gt=ticket.number).count()


def queue_view(ticket: Ticket) -> dict[str, Any]:
    """The borrower's view of their ticket, the same object as in the frame ``queue.moved``."""
    if ticket.queued_at is None:
        return ticket_view(ticket)
    return queued_view(ticket, ahead=people_ahead(ticket), desk=desk_state())


def queued_view(ticket: Ticket, *, ahead: int, desk: DeskState) -> dict[str, Any]:
    """The view of a ticket that waits for an agent: people ahead, never a rank."""
    if not desk.is_open:
        return ticket_view(ticket) | {"status": "out_of_hours", "opens_at": instant_or_none(desk.opens_at)}
    wait = {"ahead": ahead, "expected_wait": desk.wait_behind(ahead), "since": instant_or_none(ticket.queued_at)}
    return ticket_view(ticket) | {"status": "queued"} | wait


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """The view of a ticket that does not wait in the queue."""
    agent, topic = ticket.assignee, ticket.topic
    title = topic.title_in(ticket.conversation.language) if topic else ""
    return {
        "status": _status(ticket),
        "ahead": None,
        "expected_wait": None,
        "since": None,
        "agent": {"name": agent.display_name, "initials": agent.initials} if agent else None,
        "topic": {"code": topic.code, "title": title} if topic else None,
        "opens_at": None,
        "due_at": instant_or_none(ticket.due_at),
    }


def _status(ticket: Ticket) -> str:
    if ticket.status == Ticket.Status.RESOLVED:
        return "resolved"
    if ticket.assignee_id:
        return "assigned"
    return "queued" if ticket.queued_at else "new"
