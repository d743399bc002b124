"""What was promised: working hours, due moments and the clock of one ticket."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

HORIZON = 800  # days looked ahead for working time: the longest holidays and two years of a wrong calendar
WHOLE_DAY = (time(0), time(0))

Hours = tuple[time, time]
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Week:
    """Working hours by weekday (0 is Monday). No hours at all means a desk that never closes.

    ``also`` holds what comes after a break on the same weekday, ``days`` the dates that are unlike their weekday:
    with other hours, or with none, which is a day off.
    """

    zone: tzinfo
    hours: Mapping[int, Hours] = field(default_factory=dict)
    also: Mapping[int, tuple[Hours, ...]] = field(default_factory=dict)
    days: Mapping[date, tuple[Hours, ...]] = field(default_factory=dict)

    @property
    def never_closes(self) -> bool:
        is_open_all_week = not self.hours or all(self.hours.get(day) == WHOLE_DAY for day in range(7))
        return is_open_all_week and not self.days

    def hours_on(self, day: date) -> tuple[Hours, ...]:
        """The working hours that begin on this day, in order."""
        if day in self.days:
            return self.days[day]
        if not self.hours:
            return (WHOLE_DAY,)
        first = self.hours.get(day.weekday())
        return (first, *self.also.get(day.weekday(), ())) if first else ()


@dataclass(frozen=True)
class Promise:
    """Durations in seconds of working time."""

    first_response_time: int
    next_response_time: int
    first_warn_time: int
    next_warn_time: int
    resolution_time: int | None = None
    resolution_warn_time: int = 0


CHAT_PROMISE = Promise(30, 120, 10, 30)
LETTER_PROMISE = Promise(3600, 3600, 900, 900)
CALL_PROMISE = Promise(30, 3600, 10, 900)
PAPER_PROMISE = Promise(144_000, 144_000, 28_800, 28_800)  # five days of eight hours


@dataclass(frozen=True)
class Clock:
    """Who waits for whom. ``waiting_since`` is the first message that nobody has answered yet."""

    waiting_since: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None
    first_response_at: datetime | None = None
    borrower_wrote_at: datetime | None = None
    staff_wrote_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """One stopped clock: what every response metric is computed from."""

    asked_at: datetime
    answered_at: datetime
    due_at: datetime | None
    working_time: float
    is_first: bool


def ask(clock: Clock, at: datetime, *, promise: Promise, week: Week) -> Clock:
    """The other side wrote: their clock starts, unless it already runs."""
    if clock.waiting_since is not None:
        return replace(clock, borrower_wrote_at=at)
    return promised(replace(clock, borrower_wrote_at=at, waiting_since=at), promise=promise, week=week)


def promised(clock: Clock, *, promise: Promise, week: Week) -> Clock:
    """The same clock with its due and amber moments computed anew."""
    if clock.waiting_since is None:
        return replace(clock, due_at=None, warn_at=None)
    is_first = clock.first_response_at is None
    target = promise.first_response_time if is_first else promise.next_response_time
    warn_time = promise.first_warn_time if is_first else promise.next_warn_time
    return replace(
        clock,
        due_at=add_working(week, clock.waiting_since, target),
        warn_at=add_working(week, clock.waiting_since, max(target - warn_time, 0)),
    )


def answer(clock: Clock, at: datetime, *, week: Week) -> tuple[Clock, Answer | None]:
    """A staff member wrote publicly: the clock stops."""
    if clock.waiting_since is None:
        return replace(clock, staff_wrote_at=at), None
    answered = Answer(
        asked_at=clock.waiting_since,
        answered_at=at,
        due_at=clock.due_at,
        working_time=working_between(week, clock.waiting_since, at),
        is_first=clock.first_response_at is None,
    )
    first_at = clock.first_response_at or at
    return Clock(None, None, None, first_at, clock.borrower_wrote_at, at), answered


def is_open(week: Week, at: datetime) -> bool:
    return week.never_closes or any(start <= at < end for start, end in _spans(week, at, days=1))


def next_opening(week: Week, at: datetime) -> datetime | None:
    """When people answer again; ``at`` itself when they answer now; None when no hours lie ahead."""
    if is_open(week, at):
        return at
    return next((start for start, _ in _spans(week, at, days=HORIZON) if start > at), None)


def add_working(week: Week, at: datetime, seconds: float) -> datetime:
    """The moment when that much working time has passed since ``at``."""
    left = timedelta(seconds=seconds)
    if week.never_closes:
        return at + left
    for start, end in _spans(week, at, days=HORIZON):
        begin = max(start, at)
        if end > begin and end - begin >= left:
            return begin + left
        left -= max(end - begin, timedelta())
    return at + timedelta(days=HORIZON)


def working_between(week: Week, since: datetime, until: datetime) -> float:
    """Seconds of working time between two moments."""
    if week.never_closes:
        return max((until - since).total_seconds(), 0)
    days = (until - since).days + 2
    spans = _spans(week, since, days=days)
    return sum(max((min(end, until) - max(start, since)).total_seconds(), 0) for start, end in spans)


def _spans(week: Week, at: datetime, *, days: int) -> Iterator[Span]:
    """Opening and closing moments from the day before ``at`` on."""
    first = at.astimezone(week.zone).date()
    for offset in range(-1, days + 1):
        day = first + timedelta(days=offset)
        for opens, closes in week.hours_on(day):
            last = day + timedelta(days=1) if closes <= opens else day
            # in UTC, because differences of local times of one zone leave out the hour that the clocks are moved
            opening, closing = datetime.combine(day, opens, week.zone), datetime.combine(last, closes, week.zone)
            yield opening.astimezone(UTC), closing.astimezone(UTC)
