"""Was a forecast right? Of chances foreseen and what came: table, AUC, lift, precision at the top, isotonic regression.

A *forecast* here is a pair (chance 0…1, came or not). Calibration of reviewers is in ``agreement``.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from quality.rules.statistics.distributions import two_sided_z
from quality.rules.statistics.estimates import Estimate, unknown
from quality.rules.statistics.intervals import wilson

Forecast = tuple[float, bool]
Steps = list[tuple[float, float]]

BINS = 10
TOP = 0.05


@dataclass(frozen=True)
class Bin:
    """Forecasts alike in height: what was foreseen on average, and the share that came."""

    lowest: float
    highest: float
    foreseen: float
    came: Estimate

    @property
    def is_right(self) -> bool:
        """Whether the interval of what came holds what was foreseen."""
        lo, hi = self.came.lo, self.came.hi
        return lo is not None and hi is not None and lo <= self.foreseen <= hi


def calibration_table(forecasts: Sequence[Forecast], *, bins: int = BINS) -> list[Bin]:
    """Forecasts by height, in ``bins`` groups of as equal size as may be; equal chances stay together."""
    ordered = sorted(forecasts)
    table, start = [], 0
    for number in range(1, bins + 1):
        end = round(len(ordered) * number / bins)
        if end <= start:
            continue
        end = bisect_right(ordered, ordered[end - 1][0], key=lambda one: one[0])
        table.append(_bin(ordered[start:end]))
        start = end
    return table


def brier(forecasts: Sequence[Forecast]) -> float | None:
    """The mean of (chance − came)²: 0 is perfect, .25 a coin."""
    return math.fsum((chance - came) ** 2 for chance, came in forecasts) / len(forecasts) if forecasts else None


def auc(forecasts: Sequence[Forecast]) -> Estimate:
    """The chance that one that came was foreseen higher than one that did not; equal heights count half.

    Interval: ± 1.96 standard errors of E. R. DeLong and others, 1988, cut to 0…1. ``n`` counts forecasts.
    """
    ones = sorted(chance for chance, came in forecasts if came)
    others = sorted(chance for chance, came in forecasts if not came)
    if not ones or not others:
        return unknown("auc_delong", n=len(forecasts))
    above = [_share_below(others, one) for one in ones]
    below = [1 - _share_below(ones, other) for other in others]
    value = math.fsum(above) / len(above)
    smallest = min(len(ones), len(others))
    if smallest < 2:
        return Estimate(value, None, None, n=len(forecasts), method="auc_delong", smallest=smallest)
    error = math.sqrt(_variance_of_mean(above) + _variance_of_mean(below))
    reach = two_sided_z() * error
    lo, hi = max(0.0, value - reach), min(1.0, value + reach)
    return Estimate(value, lo, hi, n=len(forecasts), method="auc_delong", smallest=smallest)


def precision_at_top(forecasts: Sequence[Forecast], *, share: float = TOP) -> Estimate:
    """Of the highest ``share`` of forecasts (at least one), the share that came, with Wilson's interval."""
    top = _top(forecasts, share)
    return wilson(sum(came for _, came in top), len(top))


def lift(forecasts: Sequence[Forecast], *, share: float = TOP) -> Estimate:
    """How many times more often it came among the highest ``share`` than among all: precision at the top ÷ base.

    The interval is that of the precision over the base, which is taken as known.
    """
    came = sum(came for _, came in forecasts)
    if not came:
        return unknown("lift", n=len(forecasts))
    return precision_at_top(forecasts, share=share).scaled(len(forecasts) / came)


def isotonic(forecasts: Sequence[tuple[float, float]]) -> Steps:
    """The non-decreasing steps (height, chance) nearest to what came: pool adjacent violators.

    Of (height, 0 or 1) pairs; only the ends of each step are kept, so a model can store them as plain numbers.
    """
    blocks: list[list[float]] = []  # lowest height, highest height, sum, weight
    for height, total, weight in _by_height(forecasts):
        blocks.append([height, height, total, weight])
        while len(blocks) > 1 and blocks[-2][2] * blocks[-1][3] >= blocks[-1][2] * blocks[-2][3]:
            last = blocks.pop()
            blocks[-1] = [blocks[-1][0], last[1], blocks[-1][2] + last[2], blocks[-1][3] + last[3]]
    steps: Steps = []
    for lowest, highest, total, weight in blocks:
        steps.append((lowest, total / weight))
        if highest > lowest:
            steps.append((highest, total / weight))
    return steps


def calibrated(steps: Sequence[tuple[float, float]], height: float) -> float:
    """The chance of a height: straight between the steps, level beyond their ends."""
    place = bisect_left(steps, height, key=lambda step: step[0])
    if place == len(steps):
        return steps[-1][1]
    at, chance = steps[place]
    if place == 0 or at == height:
        return chance
    before, lower = steps[place - 1]
    return lower + (chance - lower) * (height - before) / (at - before)


def _bin(forecasts: Sequence[Forecast]) -> Bin:
    chances = [chance for chance, _ in forecasts]
    return Bin(
        lowest=chances[0],
        highest=chances[-1],
        foreseen=math.fsum(chances) / len(chances),
        came=wilson(sum(came for _, came in forecasts), len(forecasts)),
    )


def _top(forecasts: Sequence[Forecast], share: float) -> list[Forecast]:
    """The highest of them; among equals those that did not come first, so that the figure is never flattering."""
    ordered = sorted(forecasts, key=lambda one: (-one[0], one[1]))
    return ordered[: max(1, round(len(ordered) * share))] if ordered else []


def _share_below(ordered: Sequence[float], value: float) -> float:
    """The share of sorted values below, equal ones counted half."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / 2 / len(ordered)


def _variance_of_mean(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1) / len(values)


def _by_height(forecasts: Sequence[tuple[float, float]]) -> list[tuple[float, float, float]]:
    """Each height once, with the sum and number of what came there, lowest first."""
    sums: dict[float, list[float]] = {}
    for height, came in forecasts:
        one = sums.setdefault(height, [0.0, 0.0])
        one[0] += came
        one[1] += 1
    return [(height, total, weight) for height, (total, weight) in sorted(sums.items())]
