"""The Russian production calendar: which days are worked, and which are an hour shorter. Pure, and offline.

The decrees that move days off are carried by a library for the years of ``DECREED``. For other years it knows the
holidays of the law alone; what somebody enters by hand goes before it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.countries.russia import RussiaStaticHolidays

OFF, WORK, SHORT = "off", "work", "short"
DAY = timedelta(days=1)
DECREED = frozenset(RussiaStaticHolidays.special_public_holidays)  # years whose moved days the library carries

Entered = Mapping[date, str]


def is_workday(day: date, entered: Entered | None = None) -> bool:
    """Whether the country works on this day."""
    if entered and day in entered:
        return entered[day] != OFF
    return _known(day.year)[day]


def is_short(day: date, entered: Entered | None = None) -> bool:
    """The day before a holiday is an hour shorter, and so is a weekend worked just before one."""
    if entered and day in entered:
        return entered[day] == SHORT
    ahead = 3 if day.weekday() >= 5 else 1
    is_before = any(_is_statutory(day + DAY * each) for each in range(1, ahead + 1))
    return is_before and is_workday(day, entered)


def add_workdays(day: date, number: int, entered: Entered | None = None) -> date:
    """The last of that many working days after a day, which itself is not counted."""
    while number > 0:
        day += DAY
        number -= is_workday(day, entered)
    return day


def workdays_between(since: date, until: date, entered: Entered | None = None) -> int:
    """Working days after one day up to another; negative when that has passed."""
    if until < since:
        return -workdays_between(until, since, entered)
    return sum(is_workday(since + DAY * each, entered) for each in range(1, (until - since).days + 1))


def unusual_days(year: int, entered: Entered | None = None) -> Iterator[tuple[date, str]]:
    """The days of a year that are unlike their weekday: off, worked although a weekend, or shorter."""
    for day in _days_of(year):
        works = is_workday(day, entered)
        if works != (day.weekday() < 5):
            yield day, WORK if works else OFF
        elif works and is_short(day, entered):
            yield day, SHORT


@lru_cache(maxsize=64)
def _known(year: int) -> Mapping[date, bool]:
    country = holidays.country_holidays("RU", years=[year])
    return {day: bool(country.is_working_day(day)) for day in _days_of(year)}


def _is_statutory(day: date) -> bool:
    """Article 112 of the Labour Code: the holidays themselves, wherever they fall."""
    return (day.month, day.day) in {(1, 1), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY
