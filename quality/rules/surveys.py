"""Whom to ask, how often, and what an answer must look like: values in, values out.

One quiet period holds for a person over all surveys; the rating under a chat that ended is offered, not asked, and
stands outside it.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).with_name("default_surveys.toml")
QUIET = timedelta(days=30)  # within which nobody is asked a second time, whatever the survey
LIVES = timedelta(days=14)  # how long an answer is taken
COMMENT = 2_000  # characters
SOLVED = ("yes", "partly", "no")
INDEX_OF_LOW = {"csat": "rating", "ces": "ease", "nps": "recommend", "acsi": "overall"}


@dataclass(frozen=True)
class Question:
    """One question: a whole number from ``lowest`` to ``highest``, or one of ``options``."""

    code: str
    ru: str
    en: str
    lowest: int = 1
    highest: int = 5
    options: tuple[str, ...] = ()
    low_ru: str = ""
    low_en: str = ""
    high_ru: str = ""
    high_en: str = ""

    def takes(self, answer: Any) -> bool:
        if self.options:
            return answer in self.options
        return isinstance(answer, int) and not isinstance(answer, bool) and self.lowest <= answer <= self.highest


@dataclass(frozen=True)
class SurveyText:
    code: str
    kind: str
    trigger: str
    questions: tuple[Question, ...]
    channels: tuple[str, ...] = ()
    delay: int = 0
    share: float = 1.0
    low_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What speaks for or against asking somebody now."""

    last_asked_at: datetime | None = None  # by any survey
    stops: frozenset[str] = frozenset()
    is_planted: bool = False
    has_way: bool = True  # there is a place where they would see the question


def default_surveys() -> list[SurveyText]:
    parsed = tomllib.loads(DEFAULT.read_text(encoding="utf-8"))["survey"]
    return [_survey(dict(each)) for each in parsed]


def questions_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(Question(**{**each, "options": tuple(each.get("options", ()))}) for each in stored)


def why_not_asked(about: Asked, *, now: datetime) -> str:
    """Why somebody is left in peace; empty when they may be asked."""
    reasons = {
        "mystery": about.is_planted,
        "stopped": bool(about.stops),
        "quiet": about.last_asked_at is not None and now - about.last_asked_at < QUIET,
        "no_way": not about.has_way,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def is_drawn(code: str, key: str, *, share: float) -> bool:
    """Whether this one belongs to the share that is asked: the same answer whenever it is looked at."""
    drawn = int.from_bytes(hashlib.sha256(f"{code}\0{key}".encode()).digest()[:8], "big")
    return drawn < share * 2**64


def problems_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[str]:
    """Codes of the questions whose answer is missing or off its scale, and of answers to no question."""
    wrong = [one.code for one in questions if not one.takes(answers.get(one.code))]
    return wrong + sorted(set(answers) - {one.code for one in questions})


def is_low(kind: str, answers: Mapping[str, Any], *, low_at: int | None) -> bool:
    """Whether somebody has to look into the answer: at or below the survey's mark, or «not solved»."""
    if answers.get("solved") == "no":
        return True
    answer = answers.get(INDEX_OF_LOW.get(kind, ""))
    return low_at is not None and isinstance(answer, int) and answer <= low_at


def _survey(each: dict[str, Any]) -> SurveyText:
    questions = questions_of(each.pop("question"))
    return SurveyText(**{**each, "channels": tuple(each.get("channels", ())), "questions": questions})
