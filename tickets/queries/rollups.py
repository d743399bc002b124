"""The rolled-up figures of any period, and which days have to be rolled up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from tickets.models import DayFigure, HalfHourFigure, RolledDay, TicketEvent
from tickets.queries.rollup_facts import Day, facts_on, midnight
from tickets.queries.rollup_time import time_on
from tickets.rules import rollups as rules
from tickets.rules.histograms import joined
from tickets.rules.rollups import AGENTS, BOTH, TOPICS, Rolled

LATE = ("topic_set", "resolved", "reopened", "withdrawn", "continued", "answered", "transferred", "transfer_undone")
NO_TOPIC = 0  # asked for: what has no topic; None asks for all
FRESH = timedelta(minutes=5)  # how old the figures of a day that is not over may be


@dataclass(frozen=True)
class Asked:
    """What a report is of: two days, both included, and what it is narrowed to; ``NO_TOPIC`` is a topic too."""

    since: date
    until: date
    channel: str = ""
    topic: int | None = None
    agent: UUID | None = None

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def by(self) -> int:
        return (AGENTS if self.agent else 0) + (TOPICS if self.topic is not None else 0)

    def before(self) -> "Asked":
        """The period of the same length just before."""
        return replace(self, since=self.since - timedelta(days=self.days), until=self.since - timedelta(days=1))


@dataclass(frozen=True)
class Sums:
    """One measure: how many, of them successes, the sum, and the histogram where one was asked for."""

    n: int = 0
    k: int = 0
    total: float = 0.0
    counts: dict[int, float] = field(default_factory=dict)


Found = dict[tuple[str, str], Sums]  # by measure and channel


def rolled_day(*, on: date, now: datetime) -> Rolled:
    """A day computed from the log."""
    day = Day(date=on, now=now)
    return rules.rolled(facts_on(day), time_on(day), start=day.start)


def figures(asked: Asked) -> Found:
    """All measures of the period with their histograms, by channel."""
    many: defaultdict[tuple[str, str], list[Sums]] = defaultdict(list)
    rows = _narrowed(DayFigure.objects.all(), asked)
    for measure, channel, n, k, total, counts in rows.values_list("measure", "channel", "n", "k", "total", "counts"):
        many[measure, channel].append(Sums(n, k, total, {int(at): each for at, each in counts.items()}))
    return {key: added(each) for key, each in many.items()}


def figures_by_day(asked: Asked, measures: Iterable[str]) -> dict[date, Found]:
    """Some measures, day by day."""
    found: defaultdict[date, Found] = defaultdict(dict)
    rows = _narrowed(DayFigure.objects.filter(measure__in=list(measures)), asked)
    for on, measure, channel, n, k, total, counts in rows.values_list(
        "date", "measure", "channel", "n", "k", "total", "counts"
    ):
        found[on][measure, channel] = Sums(n, k, total, {int(at): each for at, each in counts.items()})
    return dict(found)


def figures_by(what: str, asked: Asked) -> dict[Any, Found]:
    """Counts and sums for each ``agent`` or ``topic``, whatever else the period is narrowed to."""
    by = asked.by | (AGENTS if what == "agent" else TOPICS)
    rows = _narrowed(DayFigure.objects.all(), asked, by=by)
    found: defaultdict[Any, Found] = defaultdict(dict)
    for row in rows.order_by().values(what, "measure", "channel").annotate(n=Sum("n"), k=Sum("k"), total=Sum("total")):
        found[row[what]][row["measure"], row["channel"]] = Sums(row["n"], row["k"], row["total"])
    return dict(found)


def hours(asked: Asked, measure: str) -> dict[tuple[int, int], Sums]:
    """One measure by weekday (Monday is 0) and hour."""
    rows = _narrowed(HalfHourFigure.objects.filter(measure=measure), asked)
    found: defaultdict[tuple[int, int], list[Sums]] = defaultdict(list)
    totals = {"n": Sum("n"), "k": Sum("k"), "total": Sum("total")}
    for row in rows.order_by().values("date", "half_hour").annotate(**totals):
        found[row["date"].weekday(), row["half_hour"] // 2].append(Sums(row["n"], row["k"], row["total"]))
    return {at: added(each) for at, each in found.items()}


def added(many: Iterable[Sums]) -> Sums:
    known = list(many)
    return Sums(
        n=sum(one.n for one in known),
        k=sum(one.k for one in known),
        total=sum(one.total for one in known),
        counts=joined(one.counts for one in known),
    )


def computed_at(asked: Asked) -> datetime | None:
    """As of which moment the period's figures are: that of the newest day."""
    rolled = RolledDay.objects.filter(date__gte=asked.since, date__lte=asked.until)
    return rolled.aggregate(at=Max("computed_at"))["at"]


def days_not_rolled(asked: Asked) -> int:
    """How many days of the period, since the desk has a log, have no figures yet."""
    first = first_day()
    if first is None:
        return 0
    since, until = max(asked.since, first), min(asked.until, timezone.localdate())
    known = RolledDay.objects.filter(date__gte=since, date__lte=until).count()
    return max(0, (until - since).days + 1 - known)


def first_day() -> date | None:
    """The day of the first ticket."""
    first = TicketEvent.objects.filter(kind="opened").aggregate(at=Min("at"))["at"]
    return timezone.localdate(first, timezone.get_default_timezone()) if first else None


def days_due(now: datetime) -> list[date]:
    """Days without figures, and days whose figures are of before they were over, the newest first."""
    first = first_day()
    if first is None:
        return []
    today = timezone.localdate(now, timezone.get_default_timezone())
    known = dict(RolledDay.objects.values_list("date", "computed_at"))
    days = [today - timedelta(days=back) for back in range((today - first).days + 1)]
    return [on for on in days if on not in known or _is_stale(on, known[on], now)]


def days_changed(since: datetime) -> list[date]:
    """Rolled-up days of whose tickets something was written since, after they had been rolled up."""
    later = TicketEvent.objects.filter(kind__in=LATE, at__gte=since)
    day = TruncDate("at", tzinfo=timezone.get_default_timezone())
    theirs = TicketEvent.objects.filter(ticket__in=later.values("ticket")).annotate(day=day)
    about = Q(ticket__events__kind__in=LATE, ticket__events__at__gte=since)
    newest = theirs.filter(about).order_by().values("day").annotate(newest=Max("ticket__events__at"))
    known = dict(RolledDay.objects.values_list("date", "computed_at"))
    found = [row["day"] for row in newest if row["day"] in known and known[row["day"]] < row["newest"]]
    return sorted(found, reverse=True)


def _is_stale(on: date, computed: datetime, now: datetime) -> bool:
    """Its figures are of before the day was over, or of before its first contacts could be judged."""
    judged = midnight(on + timedelta(days=1 + settings.FCR_DAYS))
    over = midnight(on + timedelta(days=1))
    return (computed < over and computed < now - FRESH) or computed < judged <= now


def _narrowed(rows: QuerySet[Any], asked: Asked, *, by: int | None = None) -> QuerySet[Any]:
    """Rows of the period; which of the four splits is read decides about how many they are."""
    by = asked.by if by is None else by
    rows = rows.filter(by=by, date__gte=asked.since, date__lte=asked.until)
    if asked.agent and by in (AGENTS, BOTH):
        rows = rows.filter(agent=asked.agent)
    if asked.topic is not None and by in (TOPICS, BOTH):
        rows = rows.filter(topic=asked.topic or None)
    return rows.filter(channel__in=("", asked.channel)) if asked.channel else rows
