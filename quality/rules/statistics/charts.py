"""Control charts: is this week unlike the others, or is it chance? Limits of three sigma (W. A. Shewhart)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quality.rules.statistics.shrinkage import Sums

SIGMAS = 3


@dataclass(frozen=True)
class Point:
    """One week: its value, its limits, and whether it lies outside. Value and limits are None without data."""

    value: float | None
    lo: float | None
    hi: float | None
    n: int

    @property
    def is_outside(self) -> bool:
        if self.value is None or self.lo is None or self.hi is None:
            return False
        return not self.lo <= self.value <= self.hi


@dataclass(frozen=True)
class Chart:
    """The weeks in order, around the mean of all."""

    centre: float | None
    points: list[Point]


def p_chart(weeks: Sequence[tuple[int, int]]) -> Chart:
    """Shares (0…1) of weeks given as (successes, n): p̄ ± 3·√(p̄(1 − p̄)/nᵢ), cut to 0…1."""
    whole = sum(n for _, n in weeks)
    if not whole:
        return Chart(centre=None, points=[Point(None, None, None, n=0) for _ in weeks])
    centre = sum(k for k, _ in weeks) / whole
    points = []
    for k, n in weeks:
        reach = SIGMAS * math.sqrt(centre * (1 - centre) / n) if n else None
        points.append(
            Point(None, None, None, n=0)
            if reach is None
            else Point(value=k / n, lo=max(0.0, centre - reach), hi=min(1.0, centre + reach), n=n)
        )
    return Chart(centre=centre, points=points)


def mean_chart(weeks: Sequence[Sums]) -> Chart:
    """X̄ chart of means: the mean of all ± 3·s/√nᵢ, s the pooled standard deviation within weeks."""
    filled = [week for week in weeks if week.n]
    degrees = sum(week.n - 1 for week in filled)
    if not filled:
        return Chart(centre=None, points=[Point(None, None, None, n=0) for _ in weeks])
    centre = math.fsum(week.total for week in filled) / sum(week.n for week in filled)
    spread = math.sqrt(math.fsum(week.within for week in filled) / degrees) if degrees else None
    return Chart(centre=centre, points=[_mean_point(week, centre, spread) for week in weeks])


def _mean_point(week: Sums, centre: float, spread: float | None) -> Point:
    if not week.n:
        return Point(None, None, None, n=0)
    if spread is None:
        return Point(value=week.mean, lo=None, hi=None, n=week.n)
    reach = SIGMAS * spread / math.sqrt(week.n)
    return Point(value=week.mean, lo=centre - reach, hi=centre + reach, n=week.n)
