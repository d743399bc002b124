"""Surveys as a borrower sees them, over the API and on the page of a letter's link."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from identity.serializers import MOMENT, TEXT, WHOLE, listed, or_null, shape
from quality.models import SurveyAnswer, SurveyInvite
from quality.rules.surveys import Question, questions_of

CHOICE = shape(value={}, words=TEXT)
QUESTION = shape(code=TEXT, text=TEXT, choices=listed(CHOICE), low=TEXT, high=TEXT)
SURVEY = shape(id=WHOLE, kind=TEXT, questions=listed(QUESTION), expires_at=MOMENT)
SURVEY_OR_NONE = shape(survey=or_null(SURVEY))


@dataclass(frozen=True)
class Asked:
    """One question in the reader's language; ``choices`` are pairs of value and words."""

    code: str
    text: str
    choices: list[tuple[Any, str]]
    low: str
    high: str


def asked(questions: tuple[Question, ...]) -> list[Asked]:
    return [_asked(one, "en" if get_language() == "en" else "ru") for one in questions]


def _asked(one: Question, language: str) -> Asked:
    words = dict(SurveyAnswer.Solved.choices)
    choices: list[tuple[Any, str]] = [(value, str(words.get(value, value))) for value in one.options] or [
        (value, str(value)) for value in range(one.lowest, one.highest + 1)
    ]
    return Asked(
        code=one.code,
        text=getattr(one, language),
        choices=choices,
        low=getattr(one, f"low_{language}"),
        high=getattr(one, f"high_{language}"),
    )


def survey_json(invite: SurveyInvite) -> dict[str, Any]:
    return {
        "id": invite.pk,
        "kind": invite.version.survey.kind,
        "questions": [
            {
                "code": one.code,
                "text": one.text,
                "choices": [{"value": value, "words": words} for value, words in one.choices],
                "low": one.low,
                "high": one.high,
            }
            for one in asked(questions_of(invite.version.questions))
        ],
        "expires_at": invite.expires_at.isoformat(),
    }
