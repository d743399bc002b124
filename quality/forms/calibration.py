"""What a new calibration session brings."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quality.actions.calibration import Wanted
from quality.models import Score
from quality.queries.calibration import candidates, scores_numbered
from quality.queries.people import supervisors
from quality.rules.calibration import draw

MOST = 30
USUAL = 8


class CalibrationForm(forms.Form):
    """Conversations by their numbers, or some of the last month at random; who rates them, and until when."""

    title = forms.CharField(max_length=120, label=_("Title"))
    numbers = forms.CharField(max_length=400, required=False, label=_("Numbers of conversations"))
    n = forms.IntegerField(min_value=1, max_value=MOST, initial=USUAL, required=False, label=_("Or draw at random"))
    seed = forms.IntegerField(min_value=0, max_value=10**9, initial=1, required=False, label=_("Seed of the draw"))
    raters = forms.MultipleChoiceField(label=_("Raters"))
    reference = forms.ChoiceField(required=False, label=_("Reference rater"))
    due_at = forms.DateTimeField(label=_("Until"))
    is_blind = forms.BooleanField(
        required=False, initial=True, label=_("Blind: nobody sees others' answers or the checks'")
    )
    with_checks = forms.BooleanField(required=False, initial=True, label=_("The checks take part as one more rater"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in supervisors()}
        named = [(pk, one.full_name) for pk, one in self.people.items()]
        for name, choices in (("raters", named), ("reference", [("", "—"), *named])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_due_at(self) -> datetime:
        due_at: datetime = self.cleaned_data["due_at"]
        if due_at <= timezone.now():
            raise forms.ValidationError(_("The deadline is over already."))
        return due_at

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if len(said.get("raters", [])) == 1:
            self.add_error("raters", _("Two people at least have to rate."))
        numbers = [int(one) for one in re.findall(r"\d{1,9}", said.get("numbers", ""))]
        self.found = scores_numbered(numbers[:MOST]) if numbers else {}
        missing = [str(number) for number in numbers if number not in self.found]
        if missing:
            words = _("There is no score of: %(numbers)s") % {"numbers": ", ".join(missing)}
            self.add_error("numbers", words)
        if not numbers and not said.get("n") and "n" not in self.errors:
            self.add_error("n", _("Say how many, or name conversations."))
        return said

    def wanted(self) -> Wanted:
        said = self.cleaned_data
        raters = [self.people[pk] for pk in said["raters"]]
        scores, drawn = list(self.found.values()), None
        if not scores:
            known = {score.pk: score for score in candidates(raters)}
            seed = said.get("seed") or 0
            drawn = {"seed": seed, "of": len(known), "n": said["n"]}
            scores = _chosen(known, said["n"], seed)
        return Wanted(
            title=said["title"],
            deadline=said["due_at"],
            raters=raters,
            scores=scores,
            reference=self.people.get(said.get("reference", "")),
            is_blind=said["is_blind"],
            with_checks=said["with_checks"],
            drawn=drawn,
        )


def _chosen(known: dict[int, Score], n: int, seed: int) -> list[Score]:
    return [known[pk] for pk in draw(list(known), n, seed=seed)]
