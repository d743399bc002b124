"""What a borrower's rating brings."""

from typing import Any

from rest_framework import serializers

from quality.models import SurveyAnswer

LONGEST = 2_000  # characters of a comment


class RatingForm(serializers.Serializer[Any]):
    """One to five, and two questions nobody has to answer."""

    rating = serializers.IntegerField(min_value=1, max_value=5)
    solved = serializers.ChoiceField(choices=SurveyAnswer.Solved.choices, allow_blank=True, default="")
    comment = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
