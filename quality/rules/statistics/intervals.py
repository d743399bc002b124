"""Intervals of shares, differences, means and ratios, all of 95 % unless another confidence is given."""

import math
import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

from quality.rules.statistics.distributions import two_sided_t, two_sided_z
from quality.rules.statistics.estimates import CONFIDENCE, LEAST, Estimate, unknown
from tickets.rules import metrics

DRAWS = 1000


def wilson(successes: float, n: int, *, confidence: float = CONFIDENCE, least: int = LEAST) -> Estimate:
    """A share (0…1) with Wilson's score interval: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n).

    Source: E. B. Wilson, 1927. Wilson(81 of 263) = .3080 [.2553, .3662].
    """
    if n <= 0:
        return unknown("wilson", least=least)
    lo, hi = wilson_limits(successes / n, n, confidence=confidence)
    return Estimate(value=successes / n, lo=lo, hi=hi, n=n, method="wilson", least=least)


def wilson_limits(share: float, n: float, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The ends of Wilson's interval; ``n`` need not be whole (an effective number)."""
    z = two_sided_z(confidence)
    centre = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    lo = 0.0 if share <= 0 else max(0.0, (centre - reach) / whole)
    hi = 1.0 if share >= 1 else min(1.0, (centre + reach) / whole)
    return lo, hi


def newcombe(first: tuple[float, int], second: tuple[float, int], *, confidence: float = CONFIDENCE) -> Estimate:
    """The difference of two shares, each given as (successes, n), as a share (−1…1).

    lo = d − √((p₁−l₁)² + (u₂−p₂)²), hi = d + √((u₁−p₁)² + (p₂−l₂)²) from the Wilson limits of both.
    Source: R. G. Newcombe, 1998, method 10. 56/70 − 48/80 = .20 [.0524, .3339].
    """
    one, other = wilson(*first, confidence=confidence), wilson(*second, confidence=confidence)
    n, smallest = one.n + other.n, min(one.n, other.n)
    if one.value is None or other.value is None or not one.has_interval or not other.has_interval:
        return replace(unknown("newcombe", n=n), smallest=smallest)
    assert one.lo is not None and one.hi is not None and other.lo is not None and other.hi is not None
    difference = one.value - other.value
    below = math.hypot(one.value - one.lo, other.hi - other.value)
    above = math.hypot(one.hi - one.value, other.value - other.lo)
    return Estimate(
        value=difference, lo=difference - below, hi=difference + above, n=n, method="newcombe", smallest=smallest
    )


def rule_of_three(n: int) -> Estimate:
    """The share of a failure that was never seen in n: 0, with the upper limit 3/n."""
    if n <= 0:
        return unknown("rule_of_three")
    return Estimate(value=0.0, lo=0.0, hi=min(1.0, 3 / n), n=n, method="rule_of_three")


def variance(values: Sequence[float]) -> float:
    """s² = Σ(x − x̄)²/(n − 1), of two values or more."""
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def mean_interval(values: Sequence[float], *, confidence: float = CONFIDENCE, least: int = LEAST) -> Estimate:
    """A mean in the units of the values: x̄ ± t(n−1)·s/√n. One value has no interval."""
    n = len(values)
    if n == 0:
        return unknown("mean_t", least=least)
    mean = math.fsum(values) / n
    if n == 1:
        return Estimate(value=mean, lo=None, hi=None, n=1, method="mean_t", least=least)
    margin = two_sided_t(n - 1, confidence) * math.sqrt(variance(values) / n)
    return Estimate(value=mean, lo=mean - margin, hi=mean + margin, n=n, method="mean_t", least=least)


def mean_of_sums(n: int, total: float, squares: float, *, confidence: float = CONFIDENCE) -> Estimate:
    """``mean_interval`` from n, Σx and Σx² alone, as roll-ups keep them."""
    if n <= 0:
        return unknown("mean_t")
    mean = total / n
    if n == 1:
        return Estimate(value=mean, lo=None, hi=None, n=1, method="mean_t")
    spread = max(0.0, squares - n * mean * mean) / (n - 1)
    margin = two_sided_t(n - 1, confidence) * math.sqrt(spread / n)
    return Estimate(value=mean, lo=mean - margin, hi=mean + margin, n=n, method="mean_t")


def bootstrap_interval(draws: Iterable[float], confidence: float = CONFIDENCE) -> tuple[float | None, float | None]:
    """The percentile interval of redrawn statistics: between the quantiles (1−c)/2 and (1+c)/2."""
    ordered = sorted(draws)
    return metrics.percentile(ordered, (1 - confidence) / 2), metrics.percentile(ordered, (1 + confidence) / 2)


def bootstrap_of_agents(by_agent: Mapping[Hashable, Sequence[float]], *, draws: int = DRAWS, seed: int = 1) -> Estimate:
    """The mean over all dialogs, with the interval of dialogs redrawn within each agent (IQS).

    Each draw keeps how many dialogs each agent has, so a change in who was reviewed does not widen the interval.
    """
    strata = [list(values) for values in by_agent.values() if values]
    n = sum(map(len, strata))
    if n == 0:
        return unknown("bootstrap_agents")
    value = math.fsum(map(math.fsum, strata)) / n
    if n == 1:
        return Estimate(value=value, lo=None, hi=None, n=1, method="bootstrap_agents")
    chance = random.Random(seed)
    means = (sum(sum(chance.choices(stratum, k=len(stratum))) for stratum in strata) / n for _ in range(draws))
    lo, hi = bootstrap_interval(means)
    return Estimate(value=value, lo=lo, hi=hi, n=n, method="bootstrap_agents")


def ratio_of_medians(slow: Sequence[float], fast: Sequence[float], *, seed: int = 1) -> Estimate:
    """How many times the second is smaller than the first: median ÷ median, with a bootstrap interval.

    The one of the service report (``tickets.rules.metrics.speed_ratio``), so both pages say the same.
    """
    n, smallest = len(slow) + len(fast), min(len(slow), len(fast))
    ratio = metrics.speed_ratio(slow, fast, seed=seed)
    if ratio is None:
        return replace(unknown("ratio_of_medians", n=n), smallest=smallest)
    return Estimate(value=ratio.value, lo=ratio.low, hi=ratio.high, n=n, method="ratio_of_medians", smallest=smallest)
