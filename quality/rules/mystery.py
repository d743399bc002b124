"""Quarters of mystery visits, and who shops in which role."""

from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_WAIT = 7 * 24 * 60  # minutes a shopper may note


@dataclass(frozen=True)
class Quarter:
    """Three months of a year; both days belong to it."""

    year: int
    number: int

    @property
    def starts_on(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> date:
        return self.after.starts_on - timedelta(days=1)

    @property
    def after(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def code(self) -> str:
        return f"{self.year}-{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(code: str) -> Quarter | None:
    """``2026-4``; None for anything else."""
    year, _, number = code.partition("-")
    is_known = len(year) == 4 and year.isascii() and year.isdecimal() and number in {"1", "2", "3", "4"}
    return Quarter(int(year), int(number)) if is_known and 2000 <= int(year) < 2100 else None


def fits(role: str, *, is_supervisor: bool) -> bool:
    """Whether a person may shop in this role: managers are supervisors, line staff are agents."""
    return role == "external" or (role == "manager") == is_supervisor
