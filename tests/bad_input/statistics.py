"""Whether two samples of times come from one distribution: Mann and Whitney's test, by its normal approximation."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from random import Random


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """The two-sided p: how often equal distributions differ as much. Ties share their ranks and narrow the spread."""
    values = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    total, ranks, ties, place = len(values), 0.0, 0.0, 0
    while place < total:
        end = place
        while end < total and values[end][0] == values[place][0]:
            end += 1
        rank = (place + 1 + end) / 2
        ranks += rank * sum(1 for _, group in values[place:end] if group == 0)
        ties += (end - place) ** 3 - (end - place)
        place = end
    n, m = len(first), len(second)
    spread = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    if not spread:
        return 1.0
    distance = abs(ranks - n * (n + 1) / 2 - n * m / 2)
    return math.erfc(max(0.0, distance - 0.5) / spread / math.sqrt(2))


def timed_in_turn(
    first: Callable[[], object], second: Callable[[], object], count: int
) -> tuple[list[float], list[float]]:
    """Seconds of ``count`` calls of each, in an order that no drift of the machine can favour."""
    random, times = Random(count), ([], [])  # type: ignore[var-annotated]
    for _ in range(count):
        for which in random.sample((0, 1), 2):
            began = time.perf_counter()
            (first, second)[which]()
            times[which].append(time.perf_counter() - began)
    return times


def difference(first: Sequence[float], second: Sequence[float]) -> str:
    """What the two samples say, in words for the matrix."""
    spread = statistics.pstdev([*first, *second]) or 1.0
    gap = statistics.mean(first) - statistics.mean(second)
    medians = [statistics.median(times) * 1000 for times in (first, second)]
    means = f"means {abs(gap) / spread:.2f} σ apart"
    return f"medians {medians[0]:.2f} and {medians[1]:.2f} ms, {means}, p = {mann_whitney(first, second):.2f}"
