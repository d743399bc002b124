"""Counts in buckets: added, subtracted, and what share of them lies below a moment."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import sqrt

Z = 1.959964


def added(many: Iterable[Sequence[int]]) -> list[int]:
    """Bucket by bucket; an empty list where there is nothing."""
    kept = [counts for counts in many if counts]
    width = max(map(len, kept), default=0)
    return [sum(counts[at] for counts in kept if at < len(counts)) for at in range(width)]


def subtracted(after: Sequence[int], before: Sequence[int]) -> list[int]:
    return [new - old for new, old in zip(after, before, strict=True)]


def quantile(bounds: Sequence[float], counts: Sequence[int], share: float) -> float | None:
    """The value below which ``share`` of all lie, straight inside its bucket; above the last bound that bound."""
    total = sum(counts)
    if not total:
        return None
    rank, below = share * total, 0
    for bound, lower, count in zip(bounds, (0.0, *bounds), counts, strict=False):
        if below + count >= rank and count:
            return lower + (bound - lower) * (rank - below) / count
        below += count
    return bounds[-1]


# Durations: whole seconds one by one, then buckets of at most 0.8 %, so that days add up and a percentile stays true

EXACT = 256  # seconds below which each has a bucket of its own
STEPS = 128  # buckets of every doubling above

Counts = Mapping[int, float]


def bucket_of(seconds: float) -> int:
    """The number of the bucket; a duration is rounded to a whole second first."""
    whole = max(0, int(seconds + 0.5))
    if whole < EXACT:
        return whole
    doubling = whole.bit_length() - EXACT.bit_length() + 1
    return EXACT + (doubling - 1) * STEPS + (whole >> doubling) - STEPS


def middle_of(bucket: int) -> float:
    """The duration that stands for all in a bucket."""
    if bucket < EXACT:
        return float(bucket)
    doubling, step = divmod(bucket - EXACT, STEPS)
    doubling += 1
    return float((step + STEPS) << doubling) + ((1 << doubling) - 1) / 2


def sparse(values: Iterable[float]) -> dict[int, int]:
    return dict(sorted(Counter(map(bucket_of, values)).items()))


def joined(many: Iterable[Counts]) -> dict[int, float]:
    """Several sparse histograms as one."""
    total: Counter[int] = Counter()
    for counts in many:
        total.update(counts)
    return dict(sorted(total.items()))


def sparse_percentile(counts: Counts, share: float) -> float | None:
    """By linear interpolation between the two nearest, as ``metrics.percentile`` does with the values themselves."""
    total = int(sum(counts.values()))
    if not total:
        return None
    position = (total - 1) * share
    below = _at(counts, int(position))
    above = _at(counts, min(int(position) + 1, total - 1))
    return below + (above - below) * (position - int(position))


def share_within(counts: Counts, seconds: float) -> float | None:
    """Which share of the durations is not longer."""
    total = sum(counts.values())
    return sum(n for bucket, n in counts.items() if middle_of(bucket) <= seconds) / total if total else None


def median_interval(counts: Counts) -> tuple[float, float] | None:
    """Where the median lies in 95 of 100 samples: between two of the sorted values, whatever their distribution."""
    total = int(sum(counts.values()))
    if not total:
        return None
    reach = Z * sqrt(total) / 2
    low, high = max(0, int(total / 2 - reach)), min(total - 1, int(total / 2 + reach))
    return _at(counts, low), _at(counts, high)


def _at(counts: Counts, place: int) -> float:
    """The value at a place of the sorted ones, the first being 0."""
    passed = 0.0
    for bucket in sorted(counts):
        passed += counts[bucket]
        if passed > place:
            return middle_of(bucket)
    return middle_of(max(counts))
