"""Counts in buckets: added, subtracted, and what share of them lies below a moment."""

from collections.abc import Iterable, Sequence


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
