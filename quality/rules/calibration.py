"""What several raters of the same conversations agree on, criterion by criterion.

α judges the criterion from people's answers alone: nominal for yes and no, where N/A is an answer like the others, and
ordinal for longer scales, where N/A has no place and is left out. Raw agreement and AC1 always count N/A as an answer.
The checks stand beside as one more rater: a second α is taken with them.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from quality.rules.statistics.agreement import (
    Level,
    gwet_ac1,
    krippendorff,
    pooled_agreement,
    raw_agreement,
    reading,
    with_interval,
)
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import wilson

NA = "na"
MOST = 12  # disagreements told
DRAWS = 400
Unit = list[Hashable | None]


@dataclass(frozen=True)
class Answered:
    """One rater's answer to one criterion of one conversation; ``value`` is None for N/A."""

    rater: str
    dialog: int
    criterion: str
    value: float | None

    @property
    def word(self) -> str:
        return NA if self.value is None else f"{self.value:g}"


@dataclass(frozen=True)
class Agreement:
    """What raters agree on of one criterion; ``word`` is empty when α says nothing."""

    alpha: Estimate
    with_checks: Estimate | None
    raw: Estimate
    ac1: Estimate
    level: Level
    word: str
    raters: Mapping[str, Estimate]


@dataclass(frozen=True)
class Disagreement:
    """A conversation whose answers to one criterion lie far apart."""

    dialog: int
    criterion: str
    answers: Mapping[str, float | None]
    distance: float


def draw(ids: Sequence[int], n: int, *, seed: int) -> list[int]:
    """``n`` of these at random, the same again from the same seed."""
    ordered = sorted(set(ids))
    return sorted(random.Random(f"calibration:{seed}").sample(ordered, min(n, len(ordered))))


def agreement_of(
    answers: Sequence[Answered], *, categories: int, is_ordinal: bool, machine: str = "", reference: str = ""
) -> Agreement:
    """Agreement on one criterion; ``categories`` is how many answers it offers, N/A among them when allowed."""
    people = [one for one in answers if one.rater != machine]
    level = Level.ORDINAL if is_ordinal else Level.NOMINAL
    alpha = _alpha(people, level)
    words = _units(people, lambda one: one.word)
    return Agreement(
        alpha=alpha,
        with_checks=_alpha(answers, level) if len(people) < len(answers) else None,
        raw=with_interval(raw_agreement, words, method="raw_agreement", draws=DRAWS),
        ac1=with_interval(lambda units: gwet_ac1(units, categories=categories), words, method="gwet_ac1", draws=DRAWS),
        level=level,
        word=reading(alpha.value) if alpha.value is not None else "",
        raters=_raters(answers, machine, reference),
    )


def overall_agreement(answers: Sequence[Answered], *, machine: str = "") -> Estimate:
    """How often people give the same answer, over all criteria and conversations together."""
    rows: defaultdict[int, defaultdict[str, list[Hashable | None]]] = defaultdict(lambda: defaultdict(list))
    for one in answers:
        if one.rater != machine:
            rows[one.dialog][one.criterion].append(one.word)
    return pooled_agreement([[*of.values()] for _, of in sorted(rows.items())], draws=DRAWS)


def disagreements(answers: Sequence[Answered]) -> list[Disagreement]:
    """The answers of people that lie furthest apart; one N/A against a rating counts as half the scale."""
    found: defaultdict[tuple[int, str], dict[str, float | None]] = defaultdict(dict)
    for one in answers:
        found[one.dialog, one.criterion][one.rater] = one.value
    told = [Disagreement(dialog, criterion, given, _distance(given)) for (dialog, criterion), given in found.items()]
    apart = [one for one in told if one.distance > 0]
    return sorted(apart, key=lambda one: (-one.distance, one.dialog, one.criterion))[:MOST]


def gap(values: Mapping[str, float | None]) -> float | None:
    """How many points lie between the lowest and the highest score of a conversation."""
    known = [value for value in values.values() if value is not None]
    return max(known) - min(known) if len(known) > 1 else None


def _alpha(answers: Sequence[Answered], level: Level) -> Estimate:
    pick: Callable[[Answered], Hashable] = (lambda one: one.value) if level == Level.ORDINAL else lambda one: one.word
    units = _units(answers, pick)
    name = f"alpha_{level}"
    return with_interval(lambda redrawn: krippendorff(redrawn, level=level), units, method=name, draws=DRAWS)


def _units(answers: Sequence[Answered], pick: Callable[[Answered], Hashable]) -> list[Unit]:
    raters = sorted({one.rater for one in answers})
    rows: defaultdict[int, dict[str, Hashable]] = defaultdict(dict)
    for one in answers:
        rows[one.dialog][one.rater] = pick(one)
    return [[rows[dialog].get(rater) for rater in raters] for dialog in sorted(rows)]


def _raters(answers: Sequence[Answered], machine: str, reference: str) -> dict[str, Estimate]:
    """How often each rater says what the reference says, or without one what the other people say."""
    rows: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for one in answers:
        rows[one.dialog][one.rater] = one.word
    found = {}
    for rater in sorted({one.rater for one in answers}):
        pairs = [
            row[rater] == word
            for row in rows.values()
            if rater in row
            for other, word in row.items()
            if other != rater and (other == reference if reference and rater != reference else other != machine)
        ]
        found[rater] = wilson(sum(pairs), len(pairs))
    return found


def _distance(given: Mapping[str, float | None]) -> float:
    pairs = combinations(given.values(), 2)
    return max((_apart(one, other) for one, other in pairs), default=0.0)


def _apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0 if one is other else 0.5
    return abs(one - other)
