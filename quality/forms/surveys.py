"""What comes in of surveys: a borrower's answers, and how a survey is set."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from quality.models import SurveyStop
from quality.rules.surveys import COMMENT, Question


class SurveyForm(serializers.Serializer[Any]):
    """Answers by the code of the question, and a word nobody has to write."""

    answers = serializers.DictField(allow_empty=False)
    comment = serializers.CharField(max_length=COMMENT, allow_blank=True, default="")


class SettingsForm(forms.Form):
    """How often a survey is asked, and which answer somebody has to look into."""

    is_active = forms.BooleanField(required=False, label=_("Is asked"))
    percent = forms.IntegerField(min_value=1, max_value=100, label=_("Share of those who may be asked, %"))
    minutes = forms.IntegerField(min_value=0, max_value=7 * 24 * 60, label=_("Minutes after the end"))
    low_at = forms.IntegerField(min_value=0, max_value=10, required=False, label=_("An answer this low opens a task"))

    def settings(self) -> dict[str, Any]:
        """In the survey's own units."""
        said = self.cleaned_data
        return {
            "is_active": said["is_active"],
            "share": said["percent"] / 100,
            "delay": said["minutes"] * 60,
            "low_at": said["low_at"],
        }


class StopForm(forms.Form):
    """Somebody who is not to be asked, by the lender's number of the borrower."""

    customer = forms.CharField(max_length=64, label=_("The borrower's number at the lender"))
    reason = forms.ChoiceField(choices=SurveyStop.Reason.choices, label=_("Why"))


class WordsForm(forms.Form):
    """The words of every question in both languages; scales stay as they are, or answers could not be compared."""

    def __init__(self, questions: Sequence[Question], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.questions = questions
        for number, one in enumerate(questions):
            for language, words in (("ru", one.ru), ("en", one.en)):
                label = _("In Russian") if language == "ru" else _("In English")
                self.fields[f"{language}-{number}"] = forms.CharField(max_length=300, initial=words, label=label)

    def rows(self) -> list[tuple[Question, Any, Any]]:
        """Each question with its two fields."""
        return [(one, self[f"ru-{number}"], self[f"en-{number}"]) for number, one in enumerate(self.questions)]

    def changed(self) -> list[dict[str, Any]]:
        """The questions as they shall be asked."""
        said = self.cleaned_data
        return [
            {**vars(one), "options": list(one.options), "ru": said[f"ru-{number}"], "en": said[f"en-{number}"]}
            for number, one in enumerate(self.questions)
        ]


def answers_given(questions: Sequence[Question], data: QueryDict) -> dict[str, Any]:
    """The answers of a plain form; whatever is no possible answer is left out, and so asked for again."""
    given: dict[str, Any] = {}
    for one in questions:
        text = str(data.get(one.code, ""))
        answer: Any = text if one.options else int(text) if text.isdecimal() and len(text) < 4 else None
        if one.takes(answer):
            given[one.code] = answer
    return given
