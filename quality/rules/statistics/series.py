"""A weekly series interrupted by a change, for when there are no agents to compare with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quality.rules.statistics.distributions import t_two_sided_p, two_sided_t
from quality.rules.statistics.estimates import Estimate

LEAST_WEEKS = 4
WARNING = "no_control"


@dataclass(frozen=True)
class Interruption:
    """The jump at the change. ``warning`` always says that without a control anything else may have caused it."""

    estimate: Estimate
    p: float | None
    weeks_before: int
    weeks_after: int
    warning: str = WARNING


def interrupted(before: Sequence[float], after: Sequence[float]) -> Interruption:
    """The level shift c of y = a + b·week + c·[after], least squares, t of (weeks − 3).

    One value (a mean) for each week, in order. Needs four weeks on each side. Weeks that depend on one another make
    the interval too narrow: one more reason for the warning.
    """
    n, smallest = len(before) + len(after), min(len(before), len(after))
    if smallest < LEAST_WEEKS:
        return _nothing(before, after)
    values = [*before, *after]
    trend = [week - (n - 1) / 2 for week in range(n)]
    step = [float(week >= len(before)) - len(after) / n for week in range(n)]
    tt, ts, ss = _product(trend, trend), _product(trend, step), _product(step, step)
    whole = tt * ss - ts * ts
    slope = (_product(trend, values) * ss - _product(step, values) * ts) / whole
    jump = (_product(step, values) * tt - _product(trend, values) * ts) / whole
    mean = math.fsum(values) / n
    residuals = [y - mean - slope * t - jump * s for y, t, s in zip(values, trend, step, strict=True)]
    error = math.sqrt(_product(residuals, residuals) / (n - 3) * tt / whole)
    margin = two_sided_t(n - 3) * error
    estimate = Estimate(
        jump, jump - margin, jump + margin, n=n, method="interrupted_series", least=LEAST_WEEKS, smallest=smallest
    )
    p = t_two_sided_p(jump / error, n - 3) if error else float(jump == 0)
    return Interruption(estimate=estimate, p=p, weeks_before=len(before), weeks_after=len(after))


def _nothing(before: Sequence[float], after: Sequence[float]) -> Interruption:
    smallest = min(len(before), len(after))
    estimate = Estimate(
        None,
        None,
        None,
        n=len(before) + len(after),
        method="interrupted_series",
        least=LEAST_WEEKS,
        smallest=smallest,
    )
    return Interruption(estimate=estimate, p=None, weeks_before=len(before), weeks_after=len(after))


def _product(ones: Sequence[float], others: Sequence[float]) -> float:
    return math.fsum(one * other for one, other in zip(ones, others, strict=True))
