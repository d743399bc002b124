"""From what is written in a calendar to the hours of each day: weekdays, single days, the production calendar."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from tickets.rules import production
from tickets.rules.sla import WHOLE_DAY, Hours, Week

SHORTER = timedelta(hours=1)
MIDNIGHT = time(0)
FRIDAY = 4
WEEK_MINUTES = 7 * 24 * 60

Slots = Mapping[int, list[Hours]]


def week_of(
    *,
    zone: tzinfo,
    hours: Slots,
    days: Mapping[date, tuple[Hours, ...]] | None = None,
    years: Iterable[int] = (),
    entered: production.Entered | None = None,
) -> Week:
    """A week with its exceptions; a single day of the desk's own goes before the production calendar of these years."""
    ordered = {day: sorted(each) for day, each in hours.items() if each}
    first = {day: each[0] for day, each in ordered.items()}
    also = {day: tuple(each[1:]) for day, each in ordered.items() if len(each) > 1}
    plain = Week(zone=zone, hours=first, also=also)
    unlike: dict[date, tuple[Hours, ...]] = {}
    for year in years:
        unlike |= {day: _as_produced(plain, day, kind) for day, kind in production.unusual_days(year, entered)}
    return Week(zone=zone, hours=first, also=also, days=unlike | dict(days or {}))


def _as_produced(week: Week, day: date, kind: str) -> tuple[Hours, ...]:
    if kind == production.OFF:
        return ()
    usual = week.hours_on(day)
    if kind == production.WORK:  # a weekend that is worked has the hours of a Friday
        usual = usual or week.hours_on(day + timedelta(days=FRIDAY - day.weekday()))
        return shortened(usual) if production.is_short(day) else usual
    return shortened(usual)


def shortened(hours: tuple[Hours, ...]) -> tuple[Hours, ...]:
    """The same day an hour shorter; a desk that works round the clock or through the night stays as it is."""
    if not hours or hours[-1][1] <= hours[-1][0]:
        return hours
    *before, (opens, closes) = hours
    earlier = (datetime.combine(date.min + timedelta(days=1), closes) - SHORTER).time()
    return (*before, (opens, earlier)) if opens < earlier < closes else tuple(before)


def overlaps(hours: Slots) -> list[tuple[int, Hours, int, Hours]]:
    """Which hours of the week overlap, also those that go on past midnight into the next day."""
    spans = sorted((_minute(day, each[0]), _end(day, each), day, each) for day in hours for each in hours[day])
    found = [(a[2], a[3], b[2], b[3]) for a, b in pairwise(spans) if b[0] < a[1]]
    if len(spans) > 1 and spans[-1][1] - WEEK_MINUTES > spans[0][0]:
        found.append((spans[-1][2], spans[-1][3], spans[0][2], spans[0][3]))
    return found


def is_whole(hours: Hours) -> bool:
    return hours == WHOLE_DAY


def _minute(day: int, at: time) -> float:
    return (day * 24 + at.hour) * 60 + at.minute + at.second / 60


def _end(day: int, hours: Hours) -> float:
    opens, closes = hours
    return _minute(day + 1 if closes <= opens else day, closes)
