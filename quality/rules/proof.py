"""Whether a check may lower a score: only when its precision is proved.

Proved is a check of whose failures people agreed with so many that the lower end of the Wilson interval of its
precision is at least 0.90, on at least 100 labelled failures. The desk's own labels decide as soon as there are that
many; until then the measurement that is shipped does (``shipped_measurements.toml``). A check that compares a clock or
a list with a limit has nothing to estimate: it is exact.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import wilson

SHIPPED = Path(__file__).with_name("shipped_measurements.toml")
LEAST_FLAGS = 100
FLOOR = 0.90


@dataclass(frozen=True)
class Measured:
    """What people said of a check: rightly failed, wrongly failed, missed, rightly let pass."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0
    dataset: str = "desk"
    is_exact: bool = False
    source: str = ""

    @property
    def flags(self) -> int:
        return self.tp + self.fp

    @property
    def n(self) -> int:
        return self.flags + self.fn + self.tn

    @property
    def precision(self) -> Estimate:
        return wilson(self.tp, self.flags)

    @property
    def miss_rate(self) -> Estimate:
        return wilson(self.fn, self.tp + self.fn)

    @property
    def is_enough(self) -> bool:
        return self.flags >= LEAST_FLAGS

    @property
    def is_proof(self) -> bool:
        return self.is_exact or (self.is_enough and (self.precision.lo or 0) >= FLOOR)


@dataclass(frozen=True)
class Switch:
    """How a check is set, and whether it may lower a score. ``basis`` says on what that rests."""

    is_enabled: bool = True
    is_shadow: bool = False
    is_proved: bool = False
    basis: str = "none"

    @property
    def may_count(self) -> bool:
        return self.is_enabled and not self.is_shadow and self.is_proved


def switch_of(*, is_enabled: bool, is_shadow: bool, desk: Measured | None, shipped: Measured | None) -> Switch:
    """``basis``: ``desk``, ``shipped``, ``exact``, or ``none`` when nothing proves it."""
    if desk is not None and desk.is_enough:
        basis, is_proved = "desk", desk.is_proof
    elif shipped is not None and shipped.is_proof:
        basis, is_proved = "exact" if shipped.is_exact else "shipped", True
    else:
        basis, is_proved = "none", False
    return Switch(is_enabled=is_enabled, is_shadow=is_shadow, is_proved=is_proved, basis=basis)


@cache
def shipped_measurements() -> dict[str, Measured]:
    """By check: what was measured before the desk had labels of its own."""
    text = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    return {one.pop("code"): Measured(**one) for one in text["measured"]}
