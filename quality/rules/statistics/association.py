"""Does a criterion go together with an outcome (CSAT, FCR, a complaint)? Association, never cause."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quality.rules.statistics.distributions import t_two_sided_p, two_sided_z
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import newcombe


@dataclass(frozen=True)
class Association:
    """``estimate`` with its interval, and the two-sided p that false discoveries are controlled by.

    ``met`` and ``missed``: how many dialogs met the criterion and how many did not; ``p`` is None when one is 0.
    """

    estimate: Estimate
    p: float | None
    met: int
    missed: int


def risk_difference(*, met: tuple[int, int], missed: tuple[int, int]) -> Association:
    """The share of the outcome where the criterion was met less the share where it was not (−1…1).

    Both are (with the outcome, dialogs). Newcombe's interval; p of Fisher's exact test.
    """
    estimate = newcombe(met, missed)
    p = fisher_p(met, missed) if met[1] and missed[1] else None
    return Association(estimate=estimate, p=p, met=met[1], missed=missed[1])


def fisher_p(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Fisher's exact two-sided p: all tables with these margins that are not more probable than this one."""
    (k, n), (other, m) = first, second
    whole = k + other
    logs = {
        one: _log_choose(n, one) + _log_choose(m, whole - one) for one in range(max(0, whole - m), min(n, whole) + 1)
    }
    highest = max(logs.values())
    chances = {one: math.exp(log - highest) for one, log in logs.items()}
    limit = chances[k] * (1 + 1e-7)
    rare = math.fsum(chance for chance in chances.values() if chance <= limit)
    return min(1.0, rare / math.fsum(chances.values()))


def point_biserial(*, met: Sequence[float], missed: Sequence[float]) -> Association:
    """The correlation (−1…1) of "met or not" with a number, such as a rating of five.

    r of Pearson with 1 for met and 0 for missed; interval by Fisher's z (± 1.96/√(n − 3)); p by t of n − 2.
    """
    n = len(met) + len(missed)
    nothing = Estimate(None, None, None, n=n, method="point_biserial", smallest=min(len(met), len(missed)))
    values = [*met, *missed]
    mean = math.fsum(values) / n if n else 0.0
    spread = math.fsum((value - mean) ** 2 for value in values)
    if not met or not missed or n < 4 or spread <= 0:
        return Association(estimate=nothing, p=None, met=len(met), missed=len(missed))
    gap = math.fsum(met) / len(met) - math.fsum(missed) / len(missed)
    r = max(-1.0, min(1.0, gap * math.sqrt(len(met) * len(missed) / n / spread)))
    if abs(r) >= 1 - 1e-15:
        return Association(replace(nothing, value=r, lo=r, hi=r), p=0.0, met=len(met), missed=len(missed))
    centre, reach = math.atanh(r), two_sided_z() / math.sqrt(n - 3)
    estimate = replace(nothing, value=r, lo=math.tanh(centre - reach), hi=math.tanh(centre + reach))
    p = t_two_sided_p(r * math.sqrt((n - 2) / (1 - r * r)), n - 2)
    return Association(estimate=estimate, p=p, met=len(met), missed=len(missed))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
