"""Do raters agree? Raw share, Cohen, Fleiss, Krippendorff and Gwet, with intervals from redrawn units.

A *unit* is what several raters judged (one criterion of one dialog). Ratings of a unit are given in the order of the
raters, None where a rater gave none. κ and α say nothing (None) when nobody ever used a second value; that is the
prevalence paradox, and the reason why raw agreement and AC1 stand beside them.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from enum import StrEnum
from itertools import combinations

from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import DRAWS, bootstrap_interval

Value = Hashable
Unit = Sequence[Value | None]
Coefficient = Callable[[Sequence[Unit]], float | None]

RELIABLE, TENTATIVE = 0.8, 0.667


class Level(StrEnum):
    """How much the values of a scale say: names, an order, or distances."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class Weights(StrEnum):
    """How much a disagreement of Cohen's κ costs: always 1, its distance, or its square."""

    EQUAL = "equal"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


def raw_agreement(units: Sequence[Unit]) -> float | None:
    """The share (0…1) of agreeing pairs among all pairs of ratings of one unit."""
    return _share([_pairs_of(units)])


def cohen(
    units: Sequence[Unit], *, weights: Weights = Weights.EQUAL, scale: Sequence[Value] | None = None
) -> float | None:
    """Cohen's κ of two raters: 1 − Σw·o / Σw·e; at most 1, and 0 for chance.

    ``scale`` gives the order of the values (otherwise they are sorted); units with one rating are left out.
    Source: J. Cohen, 1960 and 1968. The table 20, 5, 10, 15 gives .400.
    """
    pairs = [(unit[0], unit[1]) for unit in units if unit[0] is not None and unit[1] is not None]
    places = _places(units, scale)
    firsts = Counter(places[one] for one, _ in pairs)
    seconds = Counter(places[other] for _, other in pairs)
    observed = math.fsum(_cost(places[one], places[other], weights) for one, other in pairs)
    expected = math.fsum(
        _cost(i, j, weights) * first * second for i, first in firsts.items() for j, second in seconds.items()
    )
    return 1 - observed * len(pairs) / expected if expected else None


def fleiss(units: Sequence[Unit]) -> float | None:
    """Fleiss' κ of many raters, as many for each unit: (P̄ − P̄e)/(1 − P̄e).

    Source: J. L. Fleiss, 1971. Its table of ten subjects and fourteen raters gives .210.
    """
    counts = [Counter(_given(unit)) for unit in units]
    sizes = {sum(count.values()) for count in counts}
    if len(sizes) != 1 or min(sizes) < 2:
        return None
    raters = sizes.pop()
    agreeing = math.fsum(_agreeing(count) for count in counts) / len(counts)
    totals = sum(counts, Counter())
    by_chance = math.fsum((total / (len(counts) * raters)) ** 2 for total in totals.values())
    return (agreeing - by_chance) / (1 - by_chance) if len(totals) > 1 else None


def krippendorff(
    units: Sequence[Unit], *, level: Level = Level.NOMINAL, scale: Sequence[Value] | None = None
) -> float | None:
    """Krippendorff's α = 1 − Do/De on the coincidence matrix; any number of raters, ratings may be missing.

    δ² is 0/1 (nominal), the square of the ranks between (ordinal), or of the distance (interval: values are numbers).
    Source: K. Krippendorff, 2011. His 4×12 data give .743, .815, .849.
    """
    coincidences = coincidence_matrix(units)
    values = sorted({value for pair in coincidences for value in pair}, key=_places(units, scale).__getitem__)
    totals = {value: math.fsum(coincidences.get((value, other), 0.0) for other in values) for value in values}
    n = math.fsum(totals.values())
    distance = _distances(values, totals, level)
    observed = math.fsum(count * distance[pair] for pair, count in coincidences.items())
    expected = math.fsum(totals[one] * totals[other] * distance[one, other] for one in values for other in values)
    return 1 - (n - 1) * observed / expected if expected else None


def coincidence_matrix(units: Sequence[Unit]) -> dict[tuple[Value, Value], float]:
    """o(c, k): pairs of values within a unit, each pair counted both ways and divided by (ratings − 1)."""
    found: dict[tuple[Value, Value], float] = {}
    for unit in units:
        count = Counter(_given(unit))
        ratings = sum(count.values())
        if ratings < 2:
            continue
        for one, times in count.items():
            for other, others in count.items():
                pairs = times * (others - (one == other))
                if pairs:
                    found[one, other] = found.get((one, other), 0.0) + pairs / (ratings - 1)
    return found


def gwet_ac1(units: Sequence[Unit], *, categories: int) -> float | None:
    """Gwet's AC1: (pa − pe)/(1 − pe), pe = Σπ(1 − π)/(q − 1); does not collapse when one value is rare.

    ``categories`` is how many values the scale has, used or not. Source: K. L. Gwet, 2008.
    """
    counts = [count for unit in units if (count := Counter(_given(unit)))]
    paired = [_agreeing(count) for count in counts if sum(count.values()) > 1]
    if not paired or categories < 2:
        return None
    prevalences = Counter[Value]()
    shares = [(value, times / sum(count.values())) for count in counts for value, times in count.items()]
    for value, share in shares:
        prevalences[value] += share  # type: ignore[assignment]
    means = [total / len(counts) for total in prevalences.values()]
    by_chance = math.fsum(mean * (1 - mean) for mean in means) / (categories - 1)
    return (math.fsum(paired) / len(paired) - by_chance) / (1 - by_chance)


def with_interval(
    coefficient: Coefficient, units: Sequence[Unit], *, method: str, draws: int = DRAWS, seed: int = 1
) -> Estimate:
    """A coefficient with its 95 % interval: units are redrawn, seeded.

    ``n`` counts units with two ratings or more. Draws in which the coefficient says nothing are left out; when that
    were most of them there is no interval.
    """
    rated = [unit for unit in units if len(_given(unit)) > 1]
    value = coefficient(rated) if rated else None
    if value is None:
        return Estimate(value=None, lo=None, hi=None, n=len(rated), method=method)
    chance = random.Random(seed)
    redrawn = (coefficient(chance.choices(rated, k=len(rated))) for _ in range(draws))
    known = [one for one in redrawn if one is not None]
    if len(known) * 2 < draws:
        return Estimate(value=value, lo=None, hi=None, n=len(rated), method=method)
    lo, hi = bootstrap_interval(known)
    return Estimate(value=value, lo=lo, hi=hi, n=len(rated), method=method)


def pooled_agreement(dialogs: Sequence[Sequence[Unit]], *, draws: int = DRAWS, seed: int = 1) -> Estimate:
    """The share of agreeing pairs over all units; whole dialogs are redrawn, for their units go together.

    ``n`` counts units with two ratings or more, ``smallest`` the dialogs they are of.
    """
    counted = [counts for units in dialogs if (counts := _pairs_of(units))[1]]
    n = sum(len(_given(unit)) > 1 for units in dialogs for unit in units)
    method, value = "pooled_agreement", _share(counted)
    if value is None or len(counted) == 1:
        return Estimate(value=value, lo=None, hi=None, n=n, method=method, smallest=len(counted))
    chance = random.Random(seed)
    redrawn = (_share(chance.choices(counted, k=len(counted))) for _ in range(draws))
    lo, hi = bootstrap_interval([one for one in redrawn if one is not None])
    return Estimate(value=value, lo=lo, hi=hi, n=n, method=method, smallest=len(counted))


def reading(alpha: float) -> str:
    """What an α allows: ``reliable`` from .80, ``tentative`` from .667, else ``rewrite`` the criterion."""
    return "reliable" if alpha >= RELIABLE else "tentative" if alpha >= TENTATIVE else "rewrite"


def _pairs_of(units: Sequence[Unit]) -> tuple[int, int]:
    """How many pairs of ratings of one unit agree, and how many there are."""
    pairs = [one == other for unit in units for one, other in combinations(_given(unit), 2)]
    return sum(pairs), len(pairs)


def _share(counted: Sequence[tuple[int, int]]) -> float | None:
    pairs = sum(of for _, of in counted)
    return sum(agreeing for agreeing, _ in counted) / pairs if pairs else None


def _given(unit: Unit) -> list[Value]:
    return [value for value in unit if value is not None]


def _agreeing(count: "Counter[Value]") -> float:
    """The share of agreeing pairs of one unit."""
    ratings = sum(count.values())
    return sum(times * (times - 1) for times in count.values()) / (ratings * (ratings - 1))


def _places(units: Sequence[Unit], scale: Sequence[Value] | None) -> dict[Value, int]:
    used = {value for unit in units for value in _given(unit)}
    ordered = list(scale) if scale is not None else sorted(used)  # type: ignore[type-var]
    return {value: place for place, value in enumerate(ordered)}


def _cost(i: int, j: int, weights: Weights) -> float:
    if weights == Weights.EQUAL:
        return float(i != j)
    return float(abs(i - j)) if weights == Weights.LINEAR else float((i - j) ** 2)


def _distances(values: Sequence[Value], totals: dict[Value, float], level: Level) -> dict[tuple[Value, Value], float]:
    """δ² of each pair of values."""
    if level == Level.NOMINAL:
        return {(one, other): float(one != other) for one in values for other in values}
    if level == Level.INTERVAL:
        return {(one, other): (one - other) ** 2 for one in values for other in values}  # type: ignore[operator]
    reached, ranks = 0.0, {}
    for value in values:  # the middle of the value's ranks: the sum between two values less half of their own
        ranks[value] = reached + totals[value] / 2
        reached += totals[value]
    return {(one, other): (ranks[one] - ranks[other]) ** 2 for one in values for other in values}
