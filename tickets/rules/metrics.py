"""The arithmetic behind the published metrics (docs/metrics.md): values in, values out."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import exp, hypot, log

from tickets.rules.histograms import Counts, median_interval, sparse_percentile

Interval = tuple[datetime, datetime]

DRAWS = 300
MANY = 2000  # values above which fewer draws are enough


@dataclass(frozen=True)
class Spread:
    """How a duration is spread; never the mean alone."""

    n: int
    median: float | None
    p90: float | None
    mean: float | None


@dataclass(frozen=True)
class Ratio:
    """A ratio of medians with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


def percentile(values: Sequence[float], share: float) -> float | None:
    """By linear interpolation between the two nearest of the sorted values, as ``percentile_cont`` does."""
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Sequence[float]) -> float | None:
    return percentile(values, 0.5)


def spread(values: Sequence[float]) -> Spread:
    mean = sum(values) / len(values) if values else None
    return Spread(n=len(values), median=median(values), p90=percentile(values, 0.9), mean=mean)


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean_level(levels: Mapping[int, float]) -> float | None:
    """Time-weighted mean number of simultaneous intervals over the time in which there was at least one."""
    busy = sum(seconds for level, seconds in levels.items() if level)
    return sum(level * seconds for level, seconds in levels.items()) / busy if busy else None


def level_percentile(levels: Mapping[int, float], wanted: float) -> int | None:
    """The number of simultaneous intervals not exceeded for that share of the busy time."""
    busy = sum(seconds for level, seconds in levels.items() if level)
    passed = 0.0
    for level in sorted(level for level in levels if level):
        passed += levels[level]
        if passed >= busy * wanted:
            return level
    return None


def joined_levels(many: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """The times of several people added up."""
    joined: dict[int, float] = {}
    for levels in many:
        for level, seconds in levels.items():
            joined[level] = joined.get(level, 0) + seconds
    return joined


def time_at_levels(intervals: Iterable[Interval]) -> dict[int, float]:
    """Seconds spent with each number of simultaneous intervals."""
    moments = sorted(moment for since, until in intervals for moment in ((since, 1), (until, -1)))
    levels: dict[int, float] = {}
    level = 0
    for (at, change), (following, _) in pairwise(moments):
        level += change
        seconds = (following - at).total_seconds()
        if seconds > 0:
            levels[level] = levels.get(level, 0) + seconds
    return levels


def speed_ratio(slow: Sequence[float], fast: Sequence[float], *, seed: int = 1) -> Ratio | None:
    """How many times the fast channel is faster: the ratio of medians, and where 95 % of redrawn ratios lie."""
    draws = DRAWS if max(len(slow), len(fast)) <= MANY else DRAWS // 3
    over, under = median(slow), median(fast)
    if over is None or not under:
        return None
    chance = random.Random(seed)
    ratios = []
    for _ in range(draws):
        drawn_over = median(chance.choices(slow, k=len(slow)))
        drawn_under = median(chance.choices(fast, k=len(fast)))
        if drawn_over is not None and drawn_under:
            ratios.append(drawn_over / drawn_under)
    low, high = percentile(ratios, 0.025), percentile(ratios, 0.975)
    value = over / under
    return Ratio(value=value, low=low if low is not None else value, high=high if high is not None else value)


def ratio_of_medians(slow: Counts, fast: Counts) -> Ratio | None:
    """How many times the fast is faster, from histograms; its interval from those of both medians (MOVER, in logs)."""
    over, under = sparse_percentile(slow, 0.5), sparse_percentile(fast, 0.5)
    around_over, around_under = median_interval(slow), median_interval(fast)
    if not over or not under or around_over is None or around_under is None:
        return None
    (low_over, high_over), (low_under, high_under) = around_over, around_under
    below = hypot(_log(over, low_over), _log(high_under, under))
    above = hypot(_log(high_over, over), _log(under, low_under))
    return Ratio(value=over / under, low=over / under * exp(-below), high=over / under * exp(above))


def _log(larger: float, smaller: float) -> float:
    """How far apart two medians are; what is under half a second counts as that."""
    return log(max(larger, 0.5) / max(smaller, 0.5))
