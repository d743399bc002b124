"""Weeks, months and quarters of the calendar, one after the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MONTHS_OF_QUARTER = 3


class Length(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True)
class Span:
    """From its first day to its last, both included."""

    length: Length
    first: date
    last: date

    @property
    def before(self) -> "Span":
        return span_of(self.length, self.first - timedelta(days=1))

    @property
    def after(self) -> "Span":
        return span_of(self.length, self.last + timedelta(days=1))

    @property
    def quarter(self) -> int:
        return (self.first.month - 1) // MONTHS_OF_QUARTER + 1

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def span_of(length: Length, day: date) -> Span:
    """The week, month or quarter a day lies in."""
    if length == Length.WEEK:
        first = day - timedelta(days=day.weekday())
        return Span(length, first, first + timedelta(days=6))
    months = 1 if length == Length.MONTH else MONTHS_OF_QUARTER
    begins = (day.month - 1) // months * months
    first = date(day.year, begins + 1, 1)
    ends = begins + months
    return Span(length, first, date(day.year + ends // 12, ends % 12 + 1, 1) - timedelta(days=1))
