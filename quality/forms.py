"""What comes in: a borrower's rating, a reviewer's card."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from quality.actions.reviews import Given
from quality.models import SurveyAnswer, Verdict

VERDICTS = {Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL, Verdict.NA}
LONGEST = 2_000  # characters of a comment


class RatingForm(serializers.Serializer[Any]):
    """One to five, and two questions nobody has to answer."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    solved = serializers.ChoiceField(choices=SurveyAnswer.Solved.choices, allow_blank=True, default="")
    comment = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")


def ratings_given(data: QueryDict) -> dict[int, Given]:
    """The verdicts of a submitted card by criterion; anything else in it is left out."""
    given = {}
    for name, verdict in data.items():
        kind, _, pk = name.partition("-")
        if kind == "verdict" and pk.isdecimal() and len(pk) < 19 and verdict in VERDICTS:
            comment = str(data.get(f"comment-{pk}", "")).strip()
            given[int(pk)] = Given(verdict=str(verdict), comment=comment[:LONGEST])
    return given


def overall_comment(data: QueryDict) -> str:
    return str(data.get("comment", "")).strip()[:LONGEST]
