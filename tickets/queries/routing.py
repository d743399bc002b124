"""Who waits for an agent and who could take a chat now."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet

from chat.models import Channel
from identity.models import User
from tickets.models import Assignment, Availability, SkillRule, Ticket
from tickets.queries.topics import parents
from tickets.rules.routing import AgentOnLine, WaitingChat
from tickets.rules.topics import lineage

LAPSED = [Assignment.Ending.UNANSWERED, Assignment.Ending.TRANSFERRED]


def queued_chats() -> QuerySet[Ticket]:
    """Chats that wait for an agent, the longest waiting first."""
    return Ticket.objects.filter(channel=Channel.CHAT, queued_at__isnull=False).order_by("queued_at", "number")


def waiting_chats(limit: int, now: datetime) -> list[WaitingChat]:
    """The head of the queue, with everybody who let that chat lapse or gave it away since it was last answered."""
    queued = queued_chats().values_list("number", "returns_to", "topic_id", "queued_at")
    rows = [(number, returns_to, topic, now - since) for number, returns_to, topic, since in queued[:limit] if since]
    refused: defaultdict[int, set[UUID]] = defaultdict(set)
    endings = Assignment.objects.filter(ticket__in=[number for number, *_ in rows], ending__in=LAPSED)
    unanswered = endings.filter(Q(ticket__staff_wrote_at=None) | Q(until__gt=F("ticket__staff_wrote_at")))
    for ticket, agent in unanswered.values_list("ticket_id", "agent_id") if rows else ():
        refused[ticket].add(agent)
    skills = _skills() if rows else {}
    lines = parents() if skills else {}
    return [
        WaitingChat(number, frozenset(refused[number]), returns_to, _skilled(skills, lineage(lines, topic), waited))
        for number, returns_to, topic, waited in rows
    ]


Skills = dict[int, tuple[timedelta, set[UUID]]]


def _skills() -> Skills:
    """By topic, for how long its chats wait for these agents alone."""
    found: Skills = {}
    for topic, seconds, agent in SkillRule.objects.values_list("topic_id", "fallback_time", "agents"):
        found.setdefault(topic, (timedelta(seconds=seconds), set()))[1].add(agent)
    return {topic: (time, agents - {None}) for topic, (time, agents) in found.items()}


def _skilled(skills: Skills, topics: list[int], waited: timedelta) -> frozenset[UUID]:
    """Who takes it first now: by the rule of its topic or of the nearest above it, until its time is over."""
    time, agents = next((skills[topic] for topic in topics if topic in skills), (timedelta(), set[UUID]()))
    return frozenset(agents) if waited < time else frozenset()


def on_line(now: datetime) -> QuerySet[User]:
    """Staff members who may be given chats: not deactivated, present, and available by their own word."""
    return User.objects.filter(
        deactivated_at=None,
        presence__expires_at__gt=now,
        availability_periods__until=None,
        availability_periods__state=Availability.AVAILABLE,
    )


def agents_on_line(now: datetime) -> list[AgentOnLine]:
    """Load is counted from rows each time; nothing keeps a counter."""
    rows = (
        on_line(now)
        .annotate(
            places=Count("slots"),
            load=Count("slots", filter=Q(slots__ticket__isnull=False)),
            idle_since=Max("slots__freed_at"),
        )
        .filter(places__gt=0)
        .values_list("id", "places", "load", "idle_since")
    )
    return [AgentOnLine(id=pk, free=places - load, load=load, idle_since=idle) for pk, places, load, idle in rows]


def somebody_else_for(ticket: Ticket, agent: User, now: datetime) -> bool:
    """Whether another agent is on the line who has not let this chat lapse."""
    lapsed = Assignment.objects.filter(ticket=ticket, ending__in=LAPSED).values("agent")
    return on_line(now).filter(slots__isnull=False).exclude(pk=agent.pk).exclude(pk__in=lapsed).exists()
