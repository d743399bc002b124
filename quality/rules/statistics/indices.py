"""What borrowers say, as indices: CSAT, NPS, CES, CSI and ACSI, and what changed from wave to wave.

CSAT is a share (0…1); the others are points. ``Estimate.scaled(100)`` makes per cent of a share.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat

from quality.rules.statistics.distributions import two_sided_z
from quality.rules.statistics.estimates import LEAST, LEAST_NPS, Estimate, unknown
from quality.rules.statistics.intervals import mean_interval, wilson
from quality.rules.statistics.sums import Totals, added, limited, one_over, one_value, ratio_of_sums

Three = tuple[float, float, float]

ACSI_EQUAL: Three = (1 / 3, 1 / 3, 1 / 3)
ACSI_PUBLIC: Three = (0.3885, 0.3190, 0.2925)
LEAST_OWN_WEIGHTS = 200
_TURNS = 500


# One question


def csat(ratings: Sequence[int], *, satisfied_from: int = 4) -> Estimate:
    """The share of answers of 4 and 5 on a scale of five, with Wilson's interval."""
    return wilson(sum(rating >= satisfied_from for rating in ratings), len(ratings))


def nps(answers: Sequence[int]) -> Estimate:
    """NPS of answers 0…10: promoters give 9 or 10, detractors 0 to 6."""
    return net_of(added(one_value(nps_sign(one)) for one in answers), least=LEAST_NPS)


def net_share(*, above: float, below: float, n: int, least: int = LEAST, method: str = "net_share") -> Estimate:
    """100·(p − d) points with the margin 100·1.96·√Var, Var = [p + d − (p − d)²]/n; within −100…100."""
    if n <= 0:
        return unknown(method, least=least)
    p, d = above / n, below / n
    value = 100 * (p - d)
    margin = 100 * two_sided_z() * math.sqrt(net_spread(p, d) / n)
    return Estimate(
        value=value, lo=max(-100.0, value - margin), hi=min(100.0, value + margin), n=n, method=method, least=least
    )


def net_of(totals: Totals, *, least: int = LEAST) -> Estimate:
    """A net share from sums of answers counted as 1, 0 or −1: Σx = above − below, Σx² = above + below."""
    above, below = (totals.squares + totals.sum) / 2, (totals.squares - totals.sum) / 2
    return net_share(above=above, below=below, n=totals.n, least=least)


def nps_sign(answer: int) -> int:
    """1 for a promoter (9, 10), −1 for a detractor (0–6), else 0."""
    return (answer >= 9) - (answer <= 6)


def ces_sign(answer: int) -> int:
    """1 for easy (6, 7), −1 for hard (1–3), else 0."""
    return (answer >= 6) - (answer <= 3)


def net_spread(p: float, d: float) -> float:
    """The variance of one answer counted as 1, 0 or −1: p + d − (p − d)²."""
    return max(0.0, p + d - (p - d) ** 2)


def ces(answers: Sequence[int]) -> Estimate:
    """CES 2.0 of answers 1…7, in points: %(6–7) − %(1–3), within −100…100, with the margin of a net share."""
    return net_of(added(one_value(ces_sign(one)) for one in answers))


def ces_mean(answers: Sequence[int]) -> Estimate:
    """The mean of the answers 1…7, with the interval of Student's t."""
    return mean_interval(answers)


# Several questions


def csi(answers: Sequence[Sequence[tuple[float, float]]], *, highest: float = 10) -> Estimate:
    """CSI in points: Σ(importance·satisfaction) / Σ(importance·highest) · 100.

    One sequence of (importance, satisfaction) for each respondent, a pair for each attribute. The interval is that of
    a ratio of sums (linearised: residuals of each respondent, t of n − 1); ``n`` counts respondents.
    """
    return csi_of(added(map(csi_answer, answers, repeat(highest))))


def csi_answer(one: Sequence[tuple[float, float]], highest: float = 10) -> Totals:
    """What one respondent adds to CSI: earned over possible."""
    earned = math.fsum(weight * degree for weight, degree in one)
    return one_over(earned, math.fsum(weight * highest for weight, _ in one))


def csi_of(totals: Totals) -> Estimate:
    """CSI of what respondents added."""
    return limited(ratio_of_sums(totals).scaled(100), 0, 100)


@dataclass(frozen=True)
class Acsi:
    """ACSI by the chosen weights, and by equal ones for comparison with published levels."""

    index: Estimate
    equal: Estimate
    weights: Three
    source: str


def acsi(answers: Sequence[Three], *, weights: Three = ACSI_EQUAL, source: str = "equal") -> Acsi:
    """ACSI of answers 1…10 to the three questions: [Σ (x̄ᵢ − 1)·wᵢ]/9 · 100 with Σw = 1; 0…100 points.

    Equal weights are the same as (S + E + P − 3)/27 · 100. The interval is that of the respondents' own indices.
    Answers with a question left out are not to be given.
    """
    return Acsi(index=_acsi(answers, weights), equal=_acsi(answers, ACSI_EQUAL), weights=weights, source=source)


def acsi_public(answers: Sequence[Three]) -> Acsi:
    """ACSI with the published weights of the public sector: .3885, .3190, .2925."""
    return acsi(answers, weights=ACSI_PUBLIC, source="public")


def acsi_own(answers: Sequence[Three]) -> Acsi:
    """ACSI with weights of the desk's own answers once there are 200, else with equal ones."""
    own = own_weights(answers)
    return acsi(answers) if own is None else acsi(answers, weights=own, source="own")


def own_weights(answers: Sequence[Three], *, least: int = LEAST_OWN_WEIGHTS) -> Three | None:
    """The loadings of the first principal component of the three answers (covariance), summing to 1.

    None below ``least`` answers, or when the three do not all point the same way.
    """
    if len(answers) < least:
        return None
    vector = _first_component(_covariances(answers))
    total = math.fsum(vector)
    if not total:
        return None
    first, second, third = (one / total for one in vector)
    return (first, second, third) if min(first, second, third) > 0 else None


def _acsi(answers: Sequence[Three], weights: Three) -> Estimate:
    return replace(mean_interval([acsi_answer(one, weights) for one in answers]), method="acsi")


def acsi_answer(one: Three, weights: Three = ACSI_EQUAL) -> float:
    """ACSI of one respondent: Σ (answer − 1)·w / Σw / 9 · 100."""
    earned = math.fsum((answer - 1) * weight for answer, weight in zip(one, weights, strict=True))
    return earned / math.fsum(weights) / 9 * 100


def _covariances(answers: Sequence[Three]) -> list[list[float]]:
    n = len(answers)
    means = [math.fsum(one[k] for one in answers) / n for k in range(3)]
    return [
        [math.fsum((one[i] - means[i]) * (one[j] - means[j]) for one in answers) / (n - 1) for j in range(3)]
        for i in range(3)
    ]


def _first_component(matrix: Sequence[Sequence[float]]) -> list[float]:
    """The direction that keeps growing most under the matrix (power iteration)."""
    vector = [1.0, 1.0, 1.0]
    for _ in range(_TURNS):
        turned = [math.fsum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix]
        length = math.hypot(*turned)
        if not length:
            return [0.0, 0.0, 0.0]
        vector = [one / length for one in turned]
    return vector


# Changes


@dataclass(frozen=True)
class Change:
    """From one wave to the next, both ways, because "+13.7 %" alone is ambiguous.

    ``points`` is after − before in the index's own units; ``percent`` the same in per cent of before.
    """

    points: Estimate
    percent: Estimate


def difference(before: Estimate, after: Estimate) -> Estimate:
    """after − before of two independent waves: margins add in squares."""
    n, smallest, least = before.n + after.n, min(before.n, after.n), max(before.least, after.least)
    nothing = Estimate(value=None, lo=None, hi=None, n=n, method="difference", least=least, smallest=smallest)
    if before.value is None or after.value is None:
        return nothing
    value = after.value - before.value
    if before.margin is None or after.margin is None:
        return replace(nothing, value=value)
    margin = math.hypot(before.margin, after.margin)
    return replace(nothing, value=value, lo=value - margin, hi=value + margin)


def change(before: Estimate, after: Estimate) -> Change:
    """Points, and per cent of the earlier level: 100·(after/before − 1).

    The margin of the percentage is that of a ratio of two independent values (delta method).
    """
    points = difference(before, after)
    nothing = replace(points, value=None, lo=None, hi=None, method="percent_change")
    if before.value is None or after.value is None or before.value <= 0:
        return Change(points=points, percent=nothing)
    ratio = after.value / before.value
    percent = replace(nothing, value=100 * (ratio - 1))
    if before.margin is None or after.margin is None:
        return Change(points=points, percent=percent)
    margin = 100 * math.hypot(after.margin, ratio * before.margin) / before.value
    value = 100 * (ratio - 1)
    return Change(points=points, percent=replace(percent, lo=value - margin, hi=value + margin))


def response_rate(answered: int, asked: int) -> Estimate:
    """The share of those asked who answered, to stand beside each index."""
    return wilson(answered, asked)
