"""How many to look at, and what those looked at say about all: sample sizes, weights, the model-assisted mean."""

import math
from collections.abc import Sequence
from dataclasses import replace

from quality.rules.statistics.distributions import normal_quantile, two_sided_z
from quality.rules.statistics.estimates import Estimate, unknown
from quality.rules.statistics.indices import net_spread
from quality.rules.statistics.intervals import rule_of_three, wilson
from quality.rules.statistics.sums import Totals, added, one_over, one_value, ratio_of_sums, weighted_share_of

# How many


def size_for_mean(margin: float, *, spread: float, population: int | None = None) -> int:
    """Dialogs to review so that a mean is known ± margin: (z·s/E)², for a finite population n₀/(1 + (n₀ − 1)/N).

    With s = 15: ± 5 points need 35, ± 3 need 97.
    """
    return _rounded_up((two_sided_z() * spread / margin) ** 2, population)


def size_for_share(margin: float, *, share: float = 0.5, population: int | None = None) -> int:
    """Dialogs to look at so that a share is known ± margin (both 0…1): z²·p(1 − p)/E².

    ± .05 needs 385, ± .10 needs 97, whatever the share is.
    """
    return _rounded_up(two_sided_z() ** 2 * share * (1 - share) / margin**2, population)


def size_for_nps(points: float, *, promoters: float, detractors: float) -> int:
    """Answers in each wave so that a change of NPS by so many points is distinguishable from none.

    2·z²·Var/Δ². With half promoters and a fifth detractors, 7.56 points need 820.
    """
    return math.ceil(2 * net_spread(promoters, detractors) * (two_sided_z() * 100 / points) ** 2)


def size_for_nps_with_power(points: float, *, promoters: float, detractors: float, power: float = 0.8) -> int:
    """The same, found with that chance: 2·(z + z_power)²·Var/Δ². In the example above 1,676 at 80 %."""
    reach = two_sided_z() + normal_quantile(power)
    return math.ceil(2 * net_spread(promoters, detractors) * (reach * 100 / points) ** 2)


def _rounded_up(wanted: float, population: int | None) -> int:
    if population is not None:
        wanted = wanted / (1 + (wanted - 1) / population)
    return math.ceil(wanted - 1e-9)


# What they say about all


def weighted_mean(values: Sequence[float], inclusion: Sequence[float]) -> Estimate:
    """Hájek's mean Σ(y/π)/Σ(1/π): each value weighted by the inverse of the chance with which it was drawn.

    Linearised: SE² = n/(n − 1)·Σ(w(y − μ̂))²/(Σw)², t of n − 1, without a finite population correction, so that all
    dialogs reviewed still say how the agent works and not only how these dialogs were.
    """
    return ratio_of_sums(added(map(weighted, values, inclusion)), method="hajek")


def weighted(value: float, inclusion: float) -> Totals:
    """What one value adds to a weighted mean: w·value over w = 1/π."""
    return one_over(value / inclusion, 1 / inclusion)


def weighted_share(successes: Sequence[bool], inclusion: Sequence[float]) -> Estimate:
    """A weighted share (0…1), with Wilson's interval of the effective number (Σw)²/Σw² of dialogs (L. Kish)."""
    return weighted_share_of(added(map(weighted, map(float, successes), inclusion)))


def model_assisted_mean(automatic: Sequence[float], reviewed: Sequence[tuple[float, float]]) -> Estimate:
    """The mean of what people would say of all dialogs: μ̂ = mean(a) of all N + mean(h − a) of the n reviewed.

    ``automatic`` are the checks' scores of all N; ``reviewed`` pairs (human, automatic) of a plain random sample.
    SE² = s²(h − a)/n·(1 − n/N), t of n − 1. At a correlation of .8 the interval is 37 % narrower than of reviews alone.
    """
    gaps = added(weighted(human - machine, 1.0) for human, machine in reviewed)
    return model_assisted_of(added(map(one_value, automatic)), gaps)


def model_assisted_of(automatic: Totals, gaps: Totals) -> Estimate:
    """The same from sums: of the checks' scores of all dialogs, and of w·(h − a) over w of the reviewed.

    Where the reviewed were drawn with unlike chances the mean of h − a is Hájek's; with like ones this is
    ``model_assisted_mean``.
    """
    if not automatic.n or not gaps.n:
        return unknown("model_assisted", n=gaps.n)
    correction = ratio_of_sums(gaps, method="model_assisted")
    value = automatic.sum / automatic.n + (correction.value or 0.0)
    if correction.margin is None:
        return replace(correction, value=value)
    margin = correction.margin * math.sqrt(max(0.0, 1 - gaps.n / automatic.n))
    return replace(correction, value=value, lo=value - margin, hi=value + margin)


def critical_error_accuracy(with_error: int, checked: int) -> Estimate:
    """1 − (dialogs with a critical error of the class)/(dialogs checked), as a share.

    Wilson's interval; when none was seen in n the lower limit is 1 − 3/n.
    """
    errors = rule_of_three(checked) if with_error == 0 else wilson(with_error, checked)
    return errors.scaled(-1, 1)
