"""Measuring how well topics are learned from a labelled set: by cross-validation, on a test set, from few examples."""

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quality.rules.models.measures import Answered, accuracy, accuracy_of_three, beyond, coverage, threshold
from quality.rules.models.text import TextModel
from quality.rules.training.text import Examples, Progress, Trained, silent, train, train_once

PRECISIONS = (0.95, 0.98)
SHOT_STRENGTH = 100.0
SHOT_SEEDS = (1, 2, 3)
TIMED = 1000  # questions


@dataclass(frozen=True)
class Reached:
    """What a model of topics reached on questions it had not seen; shares of one.

    ``sure`` is ``{precision: coverage}``; ``applied`` says, with the thresholds that cross-validation found, which
    share of a test set is answered and how many of those answers are right.
    """

    questions: int
    accuracy: float
    accuracy_of_three: float
    sure: dict[str, float]
    applied: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Report:
    """Everything ``train_topics`` prints."""

    examples: int
    topics: int
    strength: float
    cross_validation: Reached
    test: Reached | None
    milliseconds: float
    features: int
    size: int
    seconds: float
    shots: dict[str, float]


def learn_topics(
    examples: Examples, test: Examples | None = None, *, shots: Sequence[int] = (), tell: Progress = silent
) -> tuple[Trained, Report]:
    """Train, and measure the model that runs: its answers to ``test`` and its time are those of plain Python."""
    began = time.monotonic()
    trained = train(examples, tell=tell)
    seconds = time.monotonic() - began
    model = TextModel.from_bytes(content := trained.model.to_bytes())
    report = Report(
        examples=len(examples.texts),
        topics=len(model.labels),
        strength=trained.strength,
        cross_validation=_reached(trained.answers),
        test=_reached(answers_of(model, test), trained.answers) if test else None,
        milliseconds=milliseconds(model, (test or examples).texts),
        features=model.size,
        size=len(content),
        seconds=seconds,
        shots={},
    )
    return trained, replace(report, shots={str(n): few_shot(examples, test, n) for n in shots} if test else {})


def answers_of(model: TextModel, asked: Examples) -> list[Answered]:
    answers = []
    for text, label in zip(asked.texts, asked.labels, strict=True):
        best = model.top(text, 3)
        answers.append(Answered(best[0][0] == label, label in [name for name, _ in best], best[0][1]))
    return answers


def milliseconds(model: TextModel, texts: Sequence[str]) -> float:
    """Processor time of one question, of the model that runs."""
    model.top(texts[0])
    asked = texts[:TIMED]
    began = time.process_time()
    for text in asked:
        model.top(text)
    return (time.process_time() - began) * 1000 / len(asked)


def few_shot(examples: Examples, test: Examples, shots: int) -> float:
    """The mean accuracy when so many examples of each topic are known, drawn three times."""
    found = []
    for seed in SHOT_SEEDS:
        few = _drawn(examples, shots, seed)
        found.append(accuracy(answers_of(train_once(few, strength=SHOT_STRENGTH), test)))
    return sum(found) / len(found)


def _drawn(examples: Examples, shots: int, seed: int) -> Examples:
    places: dict[str, list[int]] = defaultdict(list)
    for at, label in enumerate(examples.labels):
        places[label].append(at)
    drawer = random.Random(seed)
    return examples.at([at for group in places.values() for at in drawer.sample(group, min(shots, len(group)))])


def _reached(answers: Sequence[Answered], learned: Sequence[Answered] = ()) -> Reached:
    thresholds = {precision: threshold(learned, precision=precision) for precision in PRECISIONS} if learned else {}
    return Reached(
        questions=len(answers),
        accuracy=accuracy(answers),
        accuracy_of_three=accuracy_of_three(answers),
        sure={str(precision): coverage(answers, precision=precision) for precision in PRECISIONS},
        applied={str(precision): beyond(answers, confidence=least) for precision, least in thresholds.items()},
    )
