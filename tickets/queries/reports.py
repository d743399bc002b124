"""The published service figures (docs/metrics.md), computed from the event log and the assignments alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from chat.models import Channel
from tickets.models import Assignment, TicketEvent
from tickets.rules import metrics
from tickets.rules.metrics import Interval, Ratio, Spread
from tickets.signals import planted_wanted

USUAL_PERIOD = timedelta(days=7)
REPORTED = (Channel.CHAT, Channel.EMAIL)


@dataclass(frozen=True)
class Responses:
    """Waits for answers: by the calendar, by working hours, and how many were within the promise."""

    wait: Spread
    working_wait: Spread
    in_time: float | None


@dataclass(frozen=True)
class ChannelFigures:
    """One channel over the period; durations in seconds."""

    channel: str
    opened: int
    resolved: int
    first_response: Responses
    next_response: Responses
    handle_time: Spread
    resolution_time: Spread


@dataclass(frozen=True)
class Parallel:
    """Live chats at once, while an agent had any; and what a chat costs once that is taken into account."""

    mean: float | None
    p95: int | None
    effective_handle_time: float | None


@dataclass(frozen=True)
class Moved:
    """Letters that went on in the chat."""

    letters: int
    moved: int
    share: float | None


@dataclass(frozen=True)
class ServiceReport:
    """Chat against e-mail: how many times faster, with 95 % intervals."""

    since: str
    until: str
    channels: list[ChannelFigures]
    parallel: Parallel
    resolution_ratio: Ratio | None
    first_response_ratio: Ratio | None
    moved: Moved


@dataclass(frozen=True)
class Facts:
    """What the log says of one channel in the period."""

    opened: int
    first: list[dict[str, Any]]
    following: list[dict[str, Any]]
    handle_times: list[float]
    resolution_times: list[float]


def facts_by_channel(*, since: datetime, until: datetime) -> dict[str, Facts]:
    """What the report and its drawings are computed from."""
    return {channel.value: facts_of(channel, since, until) for channel in REPORTED}


def facts_and_report(*, since: datetime, until: datetime) -> tuple[dict[str, Facts], ServiceReport]:
    """All that the page shows, read once."""
    facts = facts_by_channel(since=since, until=until)
    return facts, service_report(since=since, until=until, facts=facts)


def service_report(*, since: datetime, until: datetime, facts: dict[str, Facts] | None = None) -> ServiceReport:
    """The figures; ``facts`` of the same period need not be read twice."""
    facts = facts or facts_by_channel(since=since, until=until)
    chat, letters = facts[Channel.CHAT], facts[Channel.EMAIL]
    return ServiceReport(
        since=since.isoformat(),
        until=until.isoformat(),
        channels=[_figures(channel, each) for channel, each in facts.items()],
        parallel=_parallel(since, until, chat.handle_times),
        resolution_ratio=metrics.speed_ratio(letters.resolution_times, chat.resolution_times),
        first_response_ratio=metrics.speed_ratio(_waits(letters.first), _waits(chat.first)),
        moved=moved_to_chat(since, until),
    )


def period_of(since: date | datetime | None, until: date | datetime | None) -> tuple[datetime, datetime]:
    """From the first moment of ``since`` to the last of ``until``, in the desk's zone; the last week by default."""
    zone = timezone.get_default_timezone()
    end = timezone.now() if until is None else _end(until, zone)
    return (end - USUAL_PERIOD if since is None else _start(since, zone)), end


def facts_of(channel: str, since: datetime, until: datetime) -> Facts:
    events = TicketEvent.objects.filter(_began(channel), at__gte=since, at__lt=until)
    answered = _answers_that_stand(channel, since, until)
    resolved = _resolved_for_good(channel, since, until)
    opened_at = dict(TicketEvent.objects.filter(kind="opened", ticket__in=resolved).values_list("ticket_id", "at"))
    held = _held_times(resolved)
    return Facts(
        opened=events.filter(kind="opened").count(),
        first=[data for data in answered if data["first"]],
        following=[data for data in answered if not data["first"]],
        handle_times=[held[ticket] for ticket in resolved if ticket in held],
        resolution_times=[(at - opened_at[ticket]).total_seconds() for ticket, at in resolved.items()],
    )


def _began(channel: str) -> Q:
    """Tickets that began on the channel: letters that went on in the chat stay letters. Nobody planted counts."""
    if channel == Channel.EMAIL:
        return genuine() & (Q(ticket__channel=channel) | Q(ticket__moved_at__isnull=False))
    return genuine() & Q(ticket__channel=channel, ticket__moved_at=None)


def genuine(path: str = "ticket__") -> Q:
    """Of borrowers the app above does not tell to leave out (docs/mystery.md); inside the same statement."""
    counted = Q()
    for _, planted in planted_wanted.send(sender=None):
        counted &= ~Q(**{f"{path}conversation__borrower__in": planted})
    return counted


def moved_to_chat(since: datetime, until: datetime) -> Moved:
    """Of the tickets that letters opened in the period, how many have gone on in the chat."""
    opened = TicketEvent.objects.filter(genuine(), kind="opened", data__channel=Channel.EMAIL)
    opened = opened.filter(at__gte=since, at__lt=until)
    letters, moved = opened.count(), opened.filter(ticket__moved_at__isnull=False).count()
    return Moved(letters=letters, moved=moved, share=metrics.share(moved, letters))


def _answers_that_stand(channel: str, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What stopped a clock in the period; an answer called back before it left is none."""
    events = TicketEvent.objects.filter(_began(channel), at__gte=since)
    withdrawn = set(events.filter(kind="withdrawn").values_list("ticket", "data__answered_at"))
    answered = events.filter(kind="answered", at__lt=until).values_list("ticket", "at", "data")
    return [data for ticket, at, data in answered if (ticket, at.isoformat()) not in withdrawn]


def chat_intervals(since: datetime, until: datetime) -> dict[UUID, list[Interval]]:
    """For each agent, when each live chat was theirs, cut to the period."""
    led = Assignment.objects.filter(genuine(), ticket__channel=Channel.CHAT, since__lt=until).exclude(until__lte=since)
    by_agent: defaultdict[UUID, list[Interval]] = defaultdict(list)
    for agent, begun, ended, moved in led.values_list("agent_id", "since", "until", "ticket__moved_at"):
        live, over = max(begun, since, moved or begun), min(ended or until, until)
        if live < over:  # a letter that went on in the chat was no live chat before
            by_agent[agent].append((live, over))
    return dict(by_agent)


def _figures(channel: str, facts: Facts) -> ChannelFigures:
    return ChannelFigures(
        channel=channel,
        opened=facts.opened,
        resolved=len(facts.resolution_times),
        first_response=_responses(facts.first),
        next_response=_responses(facts.following),
        handle_time=metrics.spread(facts.handle_times),
        resolution_time=metrics.spread(facts.resolution_times),
    )


def _responses(answered: Sequence[dict[str, Any]]) -> Responses:
    return Responses(
        wait=metrics.spread(_waits(answered)),
        working_wait=metrics.spread([data["working_wait"] for data in answered]),
        in_time=metrics.share(sum(data["in_time"] for data in answered), len(answered)),
    )


def _parallel(since: datetime, until: datetime, handle_times: Sequence[float]) -> Parallel:
    levels = metrics.joined_levels(metrics.time_at_levels(chats) for chats in chat_intervals(since, until).values())
    mean = metrics.mean_level(levels)
    session = metrics.spread(handle_times).mean
    effective = session / mean if session is not None and mean else None
    return Parallel(mean=mean, p95=metrics.level_percentile(levels, 0.95), effective_handle_time=effective)


def _resolved_for_good(channel: str, since: datetime, until: datetime) -> dict[int, datetime]:
    """Tickets whose last ending in the period was not followed by a reopening, and when that was."""
    kinds = ("resolved", "reopened")
    events = TicketEvent.objects.filter(_began(channel), kind__in=kinds, at__gte=since, at__lt=until)
    last = {ticket: (kind, at) for ticket, kind, at in events.order_by("at", "id").values_list("ticket", "kind", "at")}
    return {ticket: at for ticket, (kind, at) in last.items() if kind == "resolved"}


def _held_times(tickets: Iterable[int]) -> dict[int, float]:
    """Seconds each ticket was in somebody's hands, leases that lapsed unanswered left out."""
    held: defaultdict[int, float] = defaultdict(float)
    ended = Assignment.objects.filter(ticket__in=list(tickets), until__isnull=False)
    ended = ended.exclude(ending=Assignment.Ending.UNANSWERED)
    for ticket, begun, until in ended.values_list("ticket_id", "since", "until"):
        held[ticket] += (until - begun).total_seconds() if until else 0
    return dict(held)


def _waits(answered: Sequence[dict[str, Any]]) -> list[float]:
    return [data["wait"] for data in answered]


def _start(moment: date | datetime, zone: Any) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time(0), zone)


def _end(moment: date | datetime, zone: Any) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment + timedelta(days=1), time(0), zone)
