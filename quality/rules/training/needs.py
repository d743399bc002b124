"""What training needs: the library, and enough examples."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

LEAST_OF_LABEL = 20  # examples of a topic before a model learns it
LEAST_LABELS = 2
LEAST_OF_SIDE = 50  # negative messages, or complaints that came; and as many of the others


class NoTrainer(RuntimeError):
    """scikit-learn is not installed."""

    def __init__(self) -> None:
        super().__init__("scikit-learn is not installed: install the extra `training` (uv sync --extra training)")


@dataclass(frozen=True)
class NotEnough:
    """There are too few examples: how many there are, and how many are needed."""

    have: int
    need: int


def require_trainer() -> None:
    if find_spec("sklearn") is None:
        raise NoTrainer


def enough_of_each(labels: Iterable[str], *, least: int = LEAST_OF_LABEL) -> frozenset[str] | NotEnough:
    """The labels that have enough examples; with fewer than two there is nothing to tell apart."""
    counts = Counter(labels)
    known = frozenset(label for label, count in counts.items() if count >= least)
    if len(known) >= LEAST_LABELS:
        return known
    have = sum(min(count, least) for _, count in counts.most_common(LEAST_LABELS))
    return NotEnough(have=have, need=LEAST_LABELS * least)


def enough_of_sides(answers: Iterable[bool], *, least: int = LEAST_OF_SIDE) -> NotEnough | None:
    """Whether both sides have enough examples; counted is the smaller side."""
    counts = Counter(bool(answer) for answer in answers)
    smaller = min(counts[True], counts[False])
    return NotEnough(have=smaller, need=least) if smaller < least else None
