"""The board on the wall: who waits now, how the last hour went, and who is there to answer."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from chat.models import Channel
from tickets.models import Ticket, TicketEvent
from tickets.queries.inbox import queue_length
from tickets.queries.promises import promises
from tickets.queries.reports import genuine
from tickets.queries.rollup_facts import midnight
from tickets.queries.shift import AgentNow, agents_now
from tickets.rules.metrics import percentile, share

HOUR = timedelta(hours=1)
CURVE = timedelta(hours=2)
STEP = timedelta(minutes=5)
NINTH = 0.9
UNANSWERED = (Channel.CHAT, Channel.PROBE)  # everything else is answered in writing


@dataclass(frozen=True)
class Service:
    """First answers of an hour: of ``n`` so many were in time. ``value`` is None when there was none."""

    n: int
    in_time: int

    @property
    def value(self) -> float | None:
        return share(self.in_time, self.n)


@dataclass(frozen=True)
class Letters:
    """Letters, calls and papers that somebody waits for an answer to."""

    waiting: int
    late: int
    oldest: datetime | None
    next_due: datetime | None


@dataclass(frozen=True)
class Board:
    """``longest`` is the chat whose borrower waits longest for a word of ours; times are seconds.

    ``curve`` holds the 90th percentile of first answers for each five minutes of two hours, the oldest first.
    """

    at: datetime
    longest: Ticket | None
    queue: int
    queue_wait: int | None
    left: int
    service: Service
    yesterday: Service
    agents: list[AgentNow]
    letters: Letters
    opened: int
    curve: list[float | None]
    standard: int

    @property
    def on_line(self) -> list[AgentNow]:
        return [agent for agent in self.agents if agent.is_present and agent.state == "available"]

    @property
    def places(self) -> int:
        return sum(agent.places for agent in self.on_line)

    @property
    def free(self) -> int:
        return sum(agent.places - agent.taken for agent in self.on_line)

    @property
    def elsewhere(self) -> list[tuple[str, int]]:
        """Those who are connected and take no chats, by what they say, the most frequent first."""
        said = Counter(agent.words for agent in self.agents if agent.is_present and agent not in self.on_line)
        return said.most_common()


def board_now() -> Board:
    """Every figure by an index that ends with the last hours; planted borrowers and the probe count nowhere."""
    now = timezone.now()
    waiting, longest = queue_length(now)
    answered = _first_answers(now - CURVE, now)
    return Board(
        at=now,
        longest=_longest(),
        queue=waiting,
        queue_wait=longest,
        left=_left(now),
        service=_service([one for one in answered if one[0] >= now - HOUR]),
        yesterday=_service(_first_answers(now - timedelta(days=1) - HOUR, now - timedelta(days=1))),
        agents=agents_now(now),
        letters=_letters(now),
        opened=_events("opened", midnight(timezone.localdate(now)), now).count(),
        curve=_curve(answered, now),
        standard=_standard(),
    )


def _longest() -> Ticket | None:
    chats = Ticket.objects.filter(channel=Channel.CHAT, waiting_since__isnull=False)
    waiting = chats.exclude(status=Ticket.Status.RESOLVED).select_related("conversation__borrower", "assignee")
    return waiting.order_by(Greatest("waiting_since", "moved_at"), "number").first()


def _events(kind: str, since: datetime, until: datetime) -> "QuerySet[TicketEvent]":
    events = TicketEvent.objects.filter(genuine(), kind=kind, at__gte=since, at__lt=until)
    return events.exclude(ticket__channel=Channel.PROBE)


def _first_answers(since: datetime, until: datetime) -> list[tuple[datetime, dict[str, Any]]]:
    """In the chat; a letter that went on there stays a letter."""
    answers = _events("answered", since, until).filter(ticket__channel=Channel.CHAT, ticket__moved_at=None)
    return list(answers.filter(data__first=True).values_list("at", "data"))


def _service(answered: list[tuple[datetime, dict[str, Any]]]) -> Service:
    return Service(len(answered), sum(bool(data["in_time"]) for _at, data in answered))


def _left(now: datetime) -> int:
    """Chats of the last hour that ended before anybody had answered."""
    ended = _events("resolved", now - HOUR, now).filter(ticket__channel=Channel.CHAT)
    return ended.filter(ticket__first_response_at=None).values("ticket").distinct().count()


def _letters(now: datetime) -> Letters:
    owed = Ticket.objects.filter(waiting_since__isnull=False).exclude(status=Ticket.Status.RESOLVED)
    found = owed.exclude(channel__in=UNANSWERED).aggregate(
        waiting=Count("number"),
        late=Count("number", filter=Q(due_at__lt=now)),
        oldest=Min("waiting_since"),
        next_due=Min("due_at", filter=Q(due_at__gte=now)),
    )
    return Letters(**found)


def _curve(answered: list[tuple[datetime, dict[str, Any]]], now: datetime) -> list[float | None]:
    spans: list[list[float]] = [[] for _ in range(CURVE // STEP)]
    for at, data in answered:
        spans[min(len(spans) - 1, int((at - (now - CURVE)) / STEP))].append(float(data["wait"]))
    return [percentile(span, NINTH) for span in spans]


def _standard() -> int:
    """What a chat without a topic is promised for its first answer."""
    return promises().for_ticket(Channel.CHAT.value, None).first_response_time
