"""A person's answers to criteria: the places of a scale, what a failure needs, and the score of a review.

A criterion's share is its place on the scale, 0…1; R = Σ share·weight / Σ weight · 100 over the rated criteria, so
that N/A leaves both sums. A critical criterion below the middle makes the score 0, or leaves at most 50, as the
version says.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quality.rules.outcomes import Answer
from quality.rules.scoring import CEILINGS, SHARES, weighted_score

MIDDLE = 0.5
WORDED = {2: ("pass", "fail"), 3: ("pass", "partial", "fail")}
KEYS = {"pass": "1", "partial": "2", "fail": "3"}
NA_KEY = "0"
NA = "na"


@dataclass(frozen=True)
class Option:
    """One answer of a scale. ``name`` is a verdict's code, a number, or empty where the scale has its own words."""

    value: float
    key: str
    is_pass: bool
    name: str = ""
    ru: str = ""
    en: str = ""


def options_of(points: int, scale: Sequence[Mapping[str, Any]] = ()) -> tuple[Option, ...]:
    """The answers in the order they are offered: words from the best on, numbers from the worst on."""
    if scale:
        return tuple(
            Option(round(float(one["value"]), 3), str(place), bool(one.get("is_pass")), ru=one["ru"], en=one["en"])
            for place, one in enumerate(scale, start=1)
        )
    places = [round(step / (points - 1), 3) for step in range(points)]
    if points in WORDED:
        worded = zip(reversed(places), WORDED[points], strict=True)
        return tuple(Option(value, KEYS[name], value >= MIDDLE, name) for value, name in worded)
    return tuple(Option(value, str(n), value >= MIDDLE, str(n)) for n, value in enumerate(places, start=1))


def verdict_of(value: float | None) -> Answer:
    """What a place on a scale is called where verdicts are compared."""
    if value is None:
        return Answer.NA
    return {1.0: Answer.PASS, 0.0: Answer.FAIL}.get(float(value), Answer.PARTIAL)


def value_of(answer: Answer | None) -> float | None:
    """The place of a check's answer; none where it is not rated."""
    return SHARES.get(answer) if answer else None


def option_at(options: Iterable[Option], value: float) -> Option | None:
    return next((one for one in options if abs(one.value - float(value)) < 0.001), None)


@dataclass(frozen=True)
class Given:
    """What the reviewer says of one criterion: a place 0…1 on its scale, None for N/A."""

    value: float | None
    root_cause: str = ""
    comment: str = ""
    evidence: tuple[Mapping[str, int], ...] = ()


def given_of(entry: Mapping[str, Any]) -> Given | None:
    """A rating from what a card holds of it; None while it has no answer yet."""
    answer = str(entry.get("answer", ""))
    if not answer:
        return None
    return Given(
        value=None if answer == NA else float(answer),
        root_cause=str(entry.get("cause", "")),
        comment=str(entry.get("comment", "")).strip(),
        evidence=tuple(entry.get("evidence", ())),
    )


@dataclass(frozen=True)
class Asked:
    """What a rating of a criterion has to satisfy."""

    options: tuple[Option, ...]
    may_be_na: bool
    needs_proof: bool  # major or critical: a failure needs evidence and a comment
    causes: frozenset[str]


def problems_of(asked: Asked, given: Given) -> list[str]:
    """Codes of what is missing of one rating; empty when it may be submitted."""
    if given.value is None:
        return [] if asked.may_be_na else ["na"]
    chosen = option_at(asked.options, given.value)
    if chosen is None:
        return ["value"]
    if chosen.is_pass:
        return []
    missing = ["cause"] if asked.causes and given.root_cause not in asked.causes else []
    missing += ["comment"] if asked.needs_proof and not given.comment.strip() else []
    return missing + (["evidence"] if asked.needs_proof and not given.evidence else [])


@dataclass(frozen=True)
class Mark:
    """A criterion of a review: ``value`` 0…1, None for N/A. Unconfirmed: a check said it, and nobody else yet."""

    weight: int
    value: float | None
    is_critical: bool = False
    is_confirmed: bool = True

    @property
    def is_critical_failure(self) -> bool:
        return self.is_critical and self.value is not None and self.value < MIDDLE

    @property
    def counts(self) -> bool:
        return self.value is not None and self.weight > 0 and (self.is_confirmed or not self.is_critical_failure)


@dataclass(frozen=True)
class Reviewed:
    """``value`` is None when nothing was rated."""

    value: float | None
    is_critical: bool


def review_score(marks: Sequence[Mark], *, policy: str = "zero") -> Reviewed:
    """The score of a review by the formula above."""
    counted = [one for one in marks if one.counts]
    value = weighted_score((float(one.value or 0) * 100, one.weight) for one in counted)
    is_critical = any(one.is_critical_failure and one.is_confirmed for one in marks)
    if value is not None and is_critical:
        value = min(value, CEILINGS[policy])
    return Reviewed(value=value, is_critical=is_critical)
