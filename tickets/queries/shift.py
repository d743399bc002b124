"""The shift as a supervisor sees it: who waits, who answers, which conversations are open."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from chat.models import Channel
from identity.models import Role, User
from tickets.models import AvailabilityPeriod, PresenceLease, Ticket

SHOWN = 60


@dataclass(frozen=True)
class AgentNow:
    """One agent: places taken and late, what they say of themselves, whether they are connected."""

    user: User
    places: int
    taken: int
    late: int
    waiting_since: datetime | None
    state: str
    words: str
    since: datetime | None
    is_present: bool


@dataclass(frozen=True)
class Shift:
    at: datetime
    queue: list[Ticket]
    agents: list[AgentNow]
    open: list[Ticket]

    @property
    def on_line(self) -> int:
        return sum(agent.is_present and agent.state == "available" for agent in self.agents)

    @property
    def free(self) -> int:
        ready = [agent for agent in self.agents if agent.is_present and agent.state == "available"]
        return sum(agent.places - agent.taken for agent in ready)


def shift_now() -> Shift:
    now = timezone.now()
    tickets = Ticket.objects.filter(channel=Channel.CHAT).exclude(status=Ticket.Status.RESOLVED)
    tickets = tickets.select_related("conversation__borrower", "assignee", "topic")
    waiting_first = tickets.filter(assignee__isnull=False).order_by("due_at", "assigned_at")
    return Shift(
        at=now,
        queue=list(tickets.filter(queued_at__isnull=False).order_by("queued_at")[:SHOWN]),
        agents=agents_now(now),
        open=list(waiting_first[:SHOWN]),
    )


def agents_now(now: datetime) -> list[AgentNow]:
    """Agents on the line first, the busiest first."""
    waits = Q(slots__ticket__waiting_since__isnull=False)
    late = waits & Q(slots__ticket__due_at__lt=now)
    users = User.objects.filter(deactivated_at=None, role=Role.AGENT).annotate(
        places=Count("slots"),
        taken=Count("slots", filter=Q(slots__ticket__isnull=False)),
        late=Count("slots", filter=late),
        waiting_since=Min(Greatest("slots__ticket__waiting_since", "slots__ticket__moved_at"), filter=waits),
    )
    periods = {period.user_id: period for period in AvailabilityPeriod.objects.filter(until=None)}
    present = set(PresenceLease.objects.filter(expires_at__gt=now).values_list("user_id", flat=True))
    agents = [_agent(user, periods.get(user.pk), user.pk in present) for user in users]
    return sorted(agents, key=_order)


def _agent(user: User, period: AvailabilityPeriod | None, is_present: bool) -> AgentNow:
    counts = {name: getattr(user, name) for name in ("places", "taken", "late", "waiting_since")}
    return AgentNow(
        user=user,
        state=period.state if period else "away",
        words=(period.reason or period.get_state_display()) if period else "",
        since=period.since if period else None,
        is_present=is_present,
        **counts,
    )


def _order(agent: AgentNow) -> tuple[bool, bool, int, str]:
    return (not agent.is_present, agent.state != "available", -agent.taken, agent.user.full_name)
