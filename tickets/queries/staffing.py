"""What the roll-ups say of chats that came, of the work they were, and of who was on the line."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from chat.models import Channel
from tickets.models import DayFigure, HalfHourFigure, RolledDay, StaffingPlan
from tickets.rules.histograms import joined, sparse_percentile
from tickets.rules.rollups import ALL
from tickets.rules.staffing import Slot, Work, is_enough

WEEKS = 8  # of the past that are looked at
SAMPLES = 400  # quantiles that stand for all handle times
QUICK = 0.25  # of first answers: of chats that did not have to wait for a place


@dataclass(frozen=True)
class Past:
    """All that a forecast may know: whole days before ``until``."""

    days: list[date]
    came: dict[Slot, int]
    work: Work
    parallel: float | None

    @property
    def chats(self) -> int:
        return sum(self.came.values())

    @property
    def is_enough(self) -> bool:
        return is_enough(self.days, self.chats, self.work.times)


@dataclass(frozen=True)
class Hour:
    """What happened in an hour."""

    came: int
    on_line: float
    in_time: float | None


def past_before(until: date) -> Past:
    since = until - timedelta(weeks=WEEKS)
    came = _came(since, until)
    first = min((on for on, _ in came), default=until)
    rolled = RolledDay.objects.filter(date__gte=first, date__lt=until)
    times, answers = (_counts(measure, since, until) for measure in ("handle_time", "first_response"))
    many = min(SAMPLES, int(sum(times.values())))
    known = tuple(sparse_percentile(times, (at + 0.5) / many) or 0.0 for at in range(many))
    return Past(
        days=sorted(rolled.values_list("date", flat=True)),
        came=came,
        work=Work(known, round(sparse_percentile(answers, QUICK) or 0.0, 1)),
        parallel=_parallel(since, until),
    )


def happened(since: date, until: date) -> dict[tuple[date, int], Hour]:
    """By day and hour; of days that were counted."""
    rows = _halves(since, until).filter(measure__in=("opened", "first_response"), channel=Channel.CHAT)
    sums: dict[tuple[date, int, str], list[float]] = {}
    for row in (*rows, *_halves(since, until).filter(measure="line_time")):
        one = sums.setdefault((row.date, row.half_hour // 2, row.measure), [0, 0, 0.0])
        one[0], one[1], one[2] = one[0] + row.n, one[1] + row.k, one[2] + row.total
    found = {}
    for on in RolledDay.objects.filter(date__gte=since, date__lt=until).values_list("date", flat=True):
        for hour in range(24):
            opened, answers, line = (
                sums.get((on, hour, measure), (0, 0, 0.0)) for measure in ("opened", "first_response", "line_time")
            )
            in_time = answers[1] / answers[0] if answers[0] else None
            found[on, hour] = Hour(int(opened[0]), round(line[2] / 3600, 1), in_time)
    return found


def newest_plan() -> StaffingPlan | None:
    """The one asked for last, computed or not yet."""
    return StaffingPlan.objects.order_by("-asked_at").first()


def shown_plan() -> StaffingPlan | None:
    """The last one that was computed."""
    over = (StaffingPlan.State.READY, StaffingPlan.State.TOO_LITTLE)
    return StaffingPlan.objects.filter(state__in=over).order_by("-asked_at").first()


def _came(since: date, until: date) -> dict[Slot, int]:
    rows = _halves(since, until).filter(measure="opened", channel=Channel.CHAT)
    return {(on, half): n for on, half, n in rows.values_list("date", "half_hour", "n")}


def _halves(since: date, until: date) -> Any:
    return HalfHourFigure.objects.filter(by=ALL, date__gte=since, date__lt=until)


def _days(measure: str, since: date, until: date) -> Any:
    return DayFigure.objects.filter(by=ALL, date__gte=since, date__lt=until, measure=measure, channel=Channel.CHAT)


def _counts(measure: str, since: date, until: date) -> dict[int, float]:
    many = _days(measure, since, until).values_list("counts", flat=True)
    return joined({int(bucket): n for bucket, n in counts.items()} for counts in many)


def _parallel(since: date, until: date) -> float | None:
    """Chats at once while there was at least one."""
    chats, busy = (
        _days(measure, since, until).aggregate(total=Sum("total"))["total"] for measure in ("chat_time", "busy")
    )
    return round(chats / busy, 2) if chats and busy else None
