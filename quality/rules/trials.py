"""What a trial of a draft adds up: the same dialogs under the version in force and under the draft.

``results`` is plain JSON that grows with each slice, so that a trial may stop and go on:
``{"n", "before": {"n", "sum", "bins": [10], "passed", "critical"}, "after": {…}, "agents": {id: [n, before, after]},
"criteria": {code: {"before": {answer: n}, "after": {answer: n}}}}``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from quality.rules.outcomes import Answer
from quality.rules.standards import StandardText

BINS = 10
SHARES = {Answer.PASS.value: 1.0, Answer.PARTIAL.value: 0.5, Answer.FAIL.value: 0.0}
SIDES = ("before", "after")


@dataclass(frozen=True)
class Tried:
    """One dialog under one wording: the score, the answers by criterion, and whether a critical failure was seen."""

    value: float | None
    answers: dict[str, str]
    is_critical: bool


@dataclass(frozen=True)
class Moved:
    """How a criterion or an agent moved; values are points of 100, None where nothing was rated."""

    key: str
    n: int
    before: float | None
    after: float | None

    @property
    def by(self) -> float:
        return 0.0 if self.before is None or self.after is None else self.after - self.before


def empty() -> dict[str, Any]:
    return {"n": 0, "agents": {}, "criteria": {}} | {side: _side() for side in SIDES}


def add(results: dict[str, Any], *, before: Tried, after: Tried, agent: str, marks: tuple[int, int]) -> None:
    """Count one dialog in. ``marks`` are the pass marks of the two wordings."""
    results["n"] += 1
    for side, tried, mark in zip(SIDES, (before, after), marks, strict=True):
        _count(results[side], tried, mark)
        for code, answer in tried.answers.items():
            counts = results["criteria"].setdefault(code, {each: {} for each in SIDES})[side]
            counts[answer] = counts.get(answer, 0) + 1
    if before.value is not None and after.value is not None and agent:
        row = results["agents"].setdefault(agent, [0, 0.0, 0.0])
        results["agents"][agent] = [row[0] + 1, row[1] + before.value, row[2] + after.value]


def mean(side: dict[str, Any]) -> float | None:
    return side["sum"] / side["n"] if side["n"] else None


def pass_rate(side: dict[str, Any]) -> float | None:
    return side["passed"] / side["n"] if side["n"] else None


def moved_agents(results: dict[str, Any]) -> list[Moved]:
    """Whose mean changes, the greatest change first."""
    rows = [Moved(key, n, before / n, after / n) for key, (n, before, after) in results["agents"].items()]
    return sorted((one for one in rows if abs(one.by) >= 0.05), key=lambda one: -abs(one.by))


def moved_criteria(results: dict[str, Any]) -> list[Moved]:
    """Which criteria get another share of points, the greatest change first; new and dropped ones too."""
    rows = []
    for code, counts in results["criteria"].items():
        shares = [_share(counts[side]) for side in SIDES]
        n = max(sum(counts[side].get(answer, 0) for answer in SHARES) for side in SIDES)
        rows.append(Moved(code, n, *shares))
    changed = [one for one in rows if one.before != one.after]
    return sorted(changed, key=lambda one: (-abs(one.by), one.key))


def answers_of(text: StandardText, answers: Sequence[Answer | None]) -> dict[str, str]:
    """By code; what only a person answers is left out."""
    pairs = zip(text.criteria, answers, strict=True)
    return {criterion.code: answer.value for criterion, answer in pairs if answer is not None}


def _side() -> dict[str, Any]:
    return {"n": 0, "sum": 0.0, "bins": [0] * BINS, "passed": 0, "critical": 0}


def _count(side: dict[str, Any], tried: Tried, mark: int) -> None:
    side["critical"] += tried.is_critical
    if tried.value is None:
        return
    side["n"] += 1
    side["sum"] += tried.value
    side["passed"] += tried.value >= mark
    side["bins"][min(int(tried.value // (100 / BINS)), BINS - 1)] += 1


def _share(counts: dict[str, int]) -> float | None:
    """Points of 100 over the dialogs in which it was rated."""
    n = sum(counts.get(answer, 0) for answer in SHARES)
    return 100 * sum(SHARES[answer] * counts.get(answer, 0) for answer in SHARES) / n if n else None
