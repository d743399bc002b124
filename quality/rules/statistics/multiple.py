"""Many questions asked at once: keep the share of false discoveries down (Benjamini and Hochberg, 1995)."""

from collections.abc import Sequence

FALSE_DISCOVERIES = 0.10


def adjusted(p_values: Sequence[float]) -> list[float]:
    """q of each p: the smallest share of false discoveries at which it would still be one.

    With p sorted, q(i) = min over j ≥ i of m·p(j)/j, at most 1.
    """
    m, least = len(p_values), 1.0
    found = [1.0] * m
    for rank, place in sorted(enumerate(sorted(range(m), key=p_values.__getitem__), 1), reverse=True):
        least = min(least, p_values[place] * m / rank)
        found[place] = least
    return found


def discoveries(p_values: Sequence[float], *, rate: float = FALSE_DISCOVERIES) -> list[bool]:
    """Which of them stand when at most this share of those that stand may be false (10 %)."""
    return [q <= rate for q in adjusted(p_values)]
