"""What every statistic returns: the value, where it may lie, how much it rests on, and how it was computed."""

from dataclasses import dataclass, replace

LEAST = 10  # below this an estimate is shown greyed
LEAST_NPS = 30
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval.

    ``value`` is None when nothing can be said; ``lo`` and ``hi`` are None when no interval can be given (one
    observation). ``n`` is the number of observations; ``smallest`` the size of the smallest group where several are
    compared, which then decides whether it is weak. ``method`` is a code of docs/metrics.md.
    """

    value: float | None
    lo: float | None
    hi: float | None
    n: int
    method: str
    least: int = LEAST
    smallest: int | None = None

    @property
    def is_known(self) -> bool:
        return self.value is not None

    @property
    def has_interval(self) -> bool:
        return self.lo is not None and self.hi is not None

    @property
    def is_weak(self) -> bool:
        """Rests on too little: to be shown greyed."""
        return (self.n if self.smallest is None else self.smallest) < self.least

    @property
    def margin(self) -> float | None:
        """Half the width of the interval."""
        return None if self.lo is None or self.hi is None else (self.hi - self.lo) / 2

    def scaled(self, factor: float, shift: float = 0.0) -> "Estimate":
        """The same estimate in other units: ``value · factor + shift``."""
        ends = [None if one is None else one * factor + shift for one in (self.value, self.lo, self.hi)]
        value, lo, hi = ends if factor >= 0 else (ends[0], ends[2], ends[1])
        return replace(self, value=value, lo=lo, hi=hi)


def unknown(method: str, *, n: int = 0, least: int = LEAST) -> Estimate:
    """Nothing can be said."""
    return Estimate(value=None, lo=None, hi=None, n=n, method=method, least=least)


def around(value: float, margin: float, *, n: int, method: str, smallest: int | None = None) -> Estimate:
    """value ± margin."""
    return Estimate(value=value, lo=value - margin, hi=value + margin, n=n, method=method, smallest=smallest)
