"""Means of small groups drawn towards the mean of all: what a league table may show (empirical Bayes)."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from quality.rules.statistics.distributions import two_sided_z
from quality.rules.statistics.estimates import Estimate


@dataclass(frozen=True)
class Sums:
    """A group as roll-ups keep it: number of values, their sum and the sum of their squares."""

    n: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def within(self) -> float:
        """Σ(x − x̄)²."""
        return max(0.0, self.squares - self.total * self.total / self.n)


def shrunken_means(groups: Mapping[Hashable, Sums]) -> dict[Hashable, Estimate]:
    """Each group's mean as B·x̄ⱼ + (1 − B)·x̄, B = τ²/(τ² + σ²/nⱼ), in the units of the values.

    σ² is the pooled variance within groups, τ² the variance between them (analysis of variance, not below 0), x̄ the
    mean of the groups weighted by 1/(τ² + σ²/nⱼ). Interval: ± 1.96·√(B·σ²/nⱼ). Empty groups are left out. Nothing can
    be shrunk before two groups exist and one has two values: then there is no value.
    Source: C. N. Morris, 1983; τ² by the method of moments.
    """
    known = {key: group for key, group in groups.items() if group.n}
    degrees = sum(group.n - 1 for group in known.values())
    if len(known) < 2 or degrees < 1:
        return {key: Estimate(None, None, None, n=group.n, method="shrunken") for key, group in known.items()}
    within = math.fsum(group.within for group in known.values()) / degrees
    between = _between(known, within)
    weights = {key: 1 / max(between + within / group.n, 1e-12) for key, group in known.items()}
    centre = math.fsum(weights[key] * known[key].mean for key in known) / math.fsum(weights.values())
    return {key: _shrunken(group, centre=centre, within=within, between=between) for key, group in known.items()}


def _between(groups: Mapping[Hashable, Sums], within: float) -> float:
    """τ² = (MSB − σ²)/n₀ of a one-way analysis of variance with unlike group sizes."""
    n = sum(group.n for group in groups.values())
    grand = math.fsum(group.total for group in groups.values()) / n
    square = math.fsum(group.n * (group.mean - grand) ** 2 for group in groups.values()) / (len(groups) - 1)
    usual = (n - sum(group.n**2 for group in groups.values()) / n) / (len(groups) - 1)
    return max(0.0, (square - within) / usual)


def _shrunken(group: Sums, *, centre: float, within: float, between: float) -> Estimate:
    own = within / group.n
    kept = between / (between + own) if between + own else 1.0
    value = kept * group.mean + (1 - kept) * centre
    margin = two_sided_z() * math.sqrt(kept * own)
    return Estimate(value, value - margin, value + margin, n=group.n, method="shrunken")
