"""What keeps a standard from being published, and what a draft may not even hold."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from quality.rules.catalogue import known_checks
from quality.rules.standards import POINTS, CriterionText, StandardText

CODE = re.compile(r"[a-z][a-z0-9_]{0,49}")
SMALLEST_SCALE, LARGEST_SCALE = 2, 11


@dataclass(frozen=True)
class Problem:
    """``place``: the code of the criterion, or the number of the section, or empty for the whole."""

    code: str
    place: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def problems_of(text: StandardText) -> list[Problem]:
    """Everything that has to be put right before it can be in force."""
    return [*_of_the_whole(text), *(one for criterion in text.criteria for one in problems_of_criterion(criterion))]


def problems_of_criterion(criterion: CriterionText) -> list[Problem]:
    """What is wrong with one criterion whatever stands beside it."""
    return [Problem(code, criterion.code) for code in _of_criterion(criterion)]


def _of_the_whole(text: StandardText) -> Iterator[Problem]:
    if text.weight != 100:
        yield Problem("weights", facts={"sum": text.weight})
    if not 0 <= text.pass_mark <= 100:
        yield Problem("pass_mark")
    for code, count in Counter(criterion.code for criterion in text.criteria).items():
        if count > 1:
            yield Problem("code_twice", code)
    for number, section in enumerate(text.sections, start=1):
        if not section.title_ru.strip() or not section.title_en.strip():
            yield Problem("section_title", str(number))
        if not section.criteria:
            yield Problem("section_empty", str(number))


def _of_criterion(criterion: CriterionText) -> Iterator[str]:
    if not CODE.fullmatch(criterion.code):
        yield "code"
    if not criterion.text_ru.strip() or not criterion.text_en.strip():
        yield "text"
    if not 0 <= criterion.weight <= 100:
        yield "weight"
    if criterion.points not in POINTS:
        yield "points"
    if criterion.scale and not is_scale(criterion.scale):
        yield "scale"
    if any(check["code"] not in known_checks() for check in criterion.checks):
        yield "unknown_check"
    if len({check["code"] for check in criterion.checks}) < len(criterion.checks):
        yield "check_twice"
    causes = [cause["code"] for cause in criterion.root_causes]
    if len(set(causes)) < len(causes):
        yield "cause_twice"


def is_scale(scale: tuple[dict[str, Any], ...]) -> bool:
    """From 1 down to 0, each answer worth less than the one before, and passing only from some answer upwards."""
    if not SMALLEST_SCALE <= len(scale) <= LARGEST_SCALE:
        return False
    values, passing = [one["value"] for one in scale], [bool(one["is_pass"]) for one in scale]
    falls = all(higher > lower for higher, lower in pairwise(values))
    named = all(one["ru"].strip() and one["en"].strip() for one in scale)
    passes = passing[0] and not passing[-1] and passing == sorted(passing, reverse=True)
    return (values[0], values[-1]) == (1, 0) and falls and named and passes
