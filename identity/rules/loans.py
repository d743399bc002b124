"""Loans as the lender's read-only interface tells them; docs/integrate.md is its contract."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

STATUSES = ("active", "overdue")


class UnreadableLoans(ValueError):
    """The lender answered with something that is not the contract."""


@dataclass(frozen=True)
class Loan:
    """One loan that is not paid back; sums in roubles, terms in days."""

    number: str
    status: str
    principal: Decimal
    due_sum: Decimal
    due_on: date
    term_days: int
    interest_today: Decimal
    extensions_used: int
    extensions_allowed: int
    overdue_days: int

    @property
    def is_overdue(self) -> bool:
        return self.overdue_days > 0


@dataclass(frozen=True)
class Loans:
    """What a borrower owes now, and how many loans are paid back."""

    active: list[Loan]
    closed_count: int


def read_loans(answer: Any) -> Loans:
    """The loans of a decoded JSON answer; raises ``UnreadableLoans`` when it is not what the contract says."""
    try:
        return Loans(active=[_loan(one) for one in answer["active"]], closed_count=int(answer["closed_count"]))
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError):
        raise UnreadableLoans from None


def _loan(one: Mapping[str, Any]) -> Loan:
    return Loan(
        number=str(one["number"])[:32],
        status=str(one["status"]) if one["status"] in STATUSES else "active",
        principal=_sum(one["principal"]),
        due_sum=_sum(one["due_sum"]),
        due_on=date.fromisoformat(one["due_on"]),
        term_days=int(one["term_days"]),
        interest_today=_sum(one["interest_today"]),
        extensions_used=int(one["extensions_used"]),
        extensions_allowed=int(one["extensions_allowed"]),
        overdue_days=int(one["overdue_days"]),
    )


def _sum(value: Any) -> Decimal:
    """Roubles, as a number or as a text; kopecks are kept, NaN and infinity are not money."""
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError
    return amount
