"""How good a model that sorts is, from answers to questions it was not trained on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Answered:
    """One question: whether the first answer was right, whether one of the first three was, and how sure it was."""

    is_right: bool
    is_in_three: bool
    confidence: float


def accuracy(answers: Sequence[Answered]) -> float:
    return _share([one.is_right for one in answers])


def accuracy_of_three(answers: Sequence[Answered]) -> float:
    return _share([one.is_in_three for one in answers])


def coverage(answers: Sequence[Answered], *, precision: float) -> float:
    """The largest share of questions, the surest first, of which so many are answered rightly."""
    return _reach(answers, precision)[0]


def threshold(answers: Sequence[Answered], *, precision: float) -> float:
    """The confidence at which that share ends; above 1 when there is none."""
    return _reach(answers, precision)[1]


def beyond(answers: Sequence[Answered], *, confidence: float) -> tuple[float, float]:
    """The share of questions at least that sure, and how many of those are right."""
    sure = [one.is_right for one in answers if one.confidence >= confidence]
    return (len(sure) / len(answers) if answers else math.nan), _share(sure)


def _reach(answers: Sequence[Answered], precision: float) -> tuple[float, float]:
    best, seen, right = (0.0, 1.01), 0, 0
    ordered = sorted(answers, key=lambda one: -one.confidence)
    for confidence, alike in groupby(ordered, key=lambda one: one.confidence):
        group = list(alike)
        seen += len(group)
        right += sum(one.is_right for one in group)
        if right >= precision * seen:
            best = (seen / len(answers), confidence)
    return best


def _share(rights: Sequence[bool]) -> float:
    return sum(rights) / len(rights) if rights else math.nan
