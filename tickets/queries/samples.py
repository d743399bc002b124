"""The last day of the desk by the quarter of an hour, from samples of its web processes and rounds of the probe."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tickets.models import ProbeRun, ProcessSample
from tickets.queries.operations import live_now
from tickets.rules.alarms import LiveNow
from tickets.rules.charts import Chart, chart_of

QUARTER = timedelta(minutes=15)
QUARTERS = 96
HOUR = 4  # quarters


@dataclass(frozen=True)
class Quarter:
    """A quarter of an hour: what was counted, the most sockets at once, how the probe fared."""

    at: datetime
    live: LiveNow
    sockets: int | None
    round_trip_time: float | None
    rounds: int
    failures: int

    @property
    def p50(self) -> float | None:
        return self.live.acknowledgement(0.5)

    @property
    def p95(self) -> float | None:
        return self.live.acknowledgement(0.95)


@dataclass(frozen=True)
class Day:
    """Four drawings and the same numbers by the hour."""

    since: datetime
    acknowledgement: Chart
    posted: Chart
    sockets: Chart
    probe: Chart
    hours: list[Quarter]
    whole: Quarter


def last_day(now: datetime | None = None) -> Day:
    until = now or timezone.now()
    since = until - QUARTERS * QUARTER
    samples: defaultdict[int, list[ProcessSample]] = defaultdict(list)
    for sample in ProcessSample.objects.filter(at__gte=since, at__lt=until).order_by("at"):
        samples[int((sample.at - since) / QUARTER)].append(sample)
    rounds: defaultdict[int, list[ProbeRun]] = defaultdict(list)
    for run in ProbeRun.objects.filter(at__gte=since, at__lt=until):
        rounds[int((run.at - since) / QUARTER)].append(run)
    quarters = [_quarter(since + at * QUARTER, samples[at], rounds[at]) for at in range(QUARTERS)]
    hours = [_joined(since, at, samples, rounds, HOUR) for at in range(0, QUARTERS, HOUR)]
    return Day(
        since=since,
        acknowledgement=chart_of([quarter.p95 for quarter in quarters]),
        posted=chart_of([float(q.live.posted) if q.sockets is not None else None for q in quarters]),
        sockets=chart_of([None if q.sockets is None else float(q.sockets) for q in quarters]),
        probe=chart_of([q.round_trip_time for q in quarters], [q.failures > 0 for q in quarters]),
        hours=[hour for hour in hours if hour.sockets is not None or hour.rounds],
        whole=_joined(since, 0, samples, rounds, QUARTERS),
    )


def _joined(since: datetime, first: int, samples: Any, rounds: Any, count: int) -> Quarter:
    within = range(first, first + count)
    together = [sample for at in within for sample in samples[at]]
    return _quarter(since + first * QUARTER, together, [run for at in within for run in rounds[at]])


def _quarter(at: datetime, samples: Sequence[ProcessSample], rounds: Sequence[ProbeRun]) -> Quarter:
    times = sorted(run.round_trip_time for run in rounds if run.round_trip_time is not None)
    return Quarter(
        at=at,
        live=live_now(sample.facts for sample in samples),
        sockets=_most_at_once(samples),
        round_trip_time=times[len(times) // 2] if times else None,
        rounds=len(rounds),
        failures=sum(bool(run.failed_step) for run in rounds),
    )


def _most_at_once(samples: Sequence[ProcessSample]) -> int | None:
    """Processes sample at moments of their own; those of one minute are counted together."""
    by_minute: defaultdict[datetime, int] = defaultdict(int)
    for sample in samples:
        by_minute[sample.at.replace(second=0, microsecond=0)] += sum(sample.facts.get("sockets", {}).values())
    return max(by_minute.values(), default=None)
