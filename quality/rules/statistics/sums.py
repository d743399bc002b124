"""Sums that add up: what roll-ups keep of many values, and the estimates that can be made of it.

Each value x may stand over a base y (its weight 1/π, or what was possible); then x is already multiplied by it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from quality.rules.statistics.distributions import two_sided_t
from quality.rules.statistics.estimates import Estimate, unknown
from quality.rules.statistics.intervals import wilson_limits


@dataclass(frozen=True)
class Totals:
    """n values of which k are successes; Σx, Σx²; of their bases Σy, Σy², Σxy (all 0 when there are no bases)."""

    n: int = 0
    k: int = 0
    sum: float = 0.0
    squares: float = 0.0
    base: float = 0.0
    base_squares: float = 0.0
    products: float = 0.0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(
            n=self.n + other.n,
            k=self.k + other.k,
            sum=self.sum + other.sum,
            squares=self.squares + other.squares,
            base=self.base + other.base,
            base_squares=self.base_squares + other.base_squares,
            products=self.products + other.products,
        )


def one_value(value: float, *, is_success: bool = False) -> Totals:
    """The totals of a single value."""
    return Totals(n=1, k=int(is_success), sum=value, squares=value * value)


def one_success(is_success: bool) -> Totals:
    """The totals of a single yes or no."""
    return one_value(float(is_success), is_success=is_success)


def one_over(value: float, base: float, *, is_success: bool = False) -> Totals:
    """The totals of a single value x over a base y."""
    return Totals(
        n=1,
        k=int(is_success),
        sum=value,
        squares=value * value,
        base=base,
        base_squares=base * base,
        products=value * base,
    )


def added(many: Iterable[Totals]) -> Totals:
    """All of them together, to the last digit whatever their order."""
    every = list(many)
    return Totals(
        n=sum(one.n for one in every),
        k=sum(one.k for one in every),
        sum=math.fsum(one.sum for one in every),
        squares=math.fsum(one.squares for one in every),
        base=math.fsum(one.base for one in every),
        base_squares=math.fsum(one.base_squares for one in every),
        products=math.fsum(one.products for one in every),
    )


def ratio_of_sums(totals: Totals, *, method: str = "ratio_linearised") -> Estimate:
    """R = Σx/Σy, with the interval of a ratio: SE² = n/(n − 1)·Σ(x − R·y)²/(Σy)², t of n − 1.

    With x = w·value and y = w it is Hájek's weighted mean; with x = earned and y = possible it is CSI.
    """
    n = totals.n
    if n == 0 or totals.base <= 0:
        return unknown(method, n=n)
    ratio = totals.sum / totals.base
    if n == 1:
        return Estimate(value=ratio, lo=None, hi=None, n=1, method=method)
    residuals = max(0.0, totals.squares - 2 * ratio * totals.products + ratio * ratio * totals.base_squares)
    margin = two_sided_t(n - 1) * math.sqrt(n / (n - 1) * residuals) / totals.base
    return Estimate(value=ratio, lo=ratio - margin, hi=ratio + margin, n=n, method=method)


def ratio_of_means(slow: Totals, fast: Totals) -> Estimate:
    """How many times one mean is another, with the interval of its logarithm: SE² = s₁²/(n₁·x̄₁²) + s₂²/(n₂·x̄₂²)."""
    n, smallest = slow.n + fast.n, min(slow.n, fast.n)
    if smallest == 0 or slow.sum <= 0 or fast.sum <= 0:
        return replace(unknown("ratio_of_means", n=n), smallest=smallest)
    ratio = slow.sum / slow.n / (fast.sum / fast.n)
    nothing = Estimate(value=ratio, lo=None, hi=None, n=n, method="ratio_of_means", smallest=smallest)
    if smallest == 1:
        return nothing
    error = math.sqrt(sum(_relative_variance(one) for one in (slow, fast)))
    margin = math.exp(two_sided_t(smallest - 1) * error)
    return replace(nothing, lo=ratio / margin, hi=ratio * margin)


def _relative_variance(totals: Totals) -> float:
    """Of the mean, over its square."""
    mean = totals.sum / totals.n
    return max(0.0, totals.squares - totals.n * mean * mean) / (totals.n - 1) / totals.n / mean**2


def weighted_share_of(totals: Totals) -> Estimate:
    """Σ(w of successes)/Σw as a share, with Wilson's interval of the effective number (Σw)²/Σw² (L. Kish)."""
    if totals.n == 0 or totals.base <= 0:
        return unknown("hajek_wilson", n=totals.n)
    share = min(1.0, totals.sum / totals.base)
    lo, hi = wilson_limits(share, totals.base**2 / totals.base_squares)
    return Estimate(value=share, lo=lo, hi=hi, n=totals.n, method="hajek_wilson")


def limited(estimate: Estimate, lowest: float, highest: float) -> Estimate:
    """The same with its interval cut to what is possible."""
    if estimate.lo is None or estimate.hi is None:
        return estimate
    return replace(estimate, lo=max(lowest, estimate.lo), hi=min(highest, estimate.hi))
