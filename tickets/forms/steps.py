"""What became of a step, as the page and the interface say it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from tickets.models import ScenarioMark
from tickets.rules.scenarios import CHOSEN, DONE, SKIPPED, TAKEN_BACK, Mark


class MarkForm(forms.Form):
    """One button of the player. ``number`` is the line of the log it shall be: what the person had not seen is kept."""

    outcome = forms.ChoiceField(choices=ScenarioMark.Outcome.choices)
    number = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    choice = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    reason = forms.ChoiceField(required=False, choices=[("", ""), *ScenarioMark.Reason.choices])
    words = forms.CharField(required=False, max_length=300)

    @property
    def mark(self) -> Mark | None:
        """None means that the step is taken back."""
        said = self.cleaned_data
        if said["outcome"] == SKIPPED:
            return Mark(SKIPPED, number=said["number"], reason=said["reason"], words=said["words"])
        return mark_of({**said, "done": said["outcome"] != TAKEN_BACK, "reason": ""})


def mark_of(said: Mapping[str, Any]) -> Mark | None:
    """Done, chosen or skipped; None where the step is taken back."""
    number, choice = said["number"], said["choice"]
    if said["done"]:
        return Mark(CHOSEN if choice else DONE, choice=choice, number=number)
    if said["reason"]:
        return Mark(SKIPPED, number=number, reason=said["reason"], words=said["words"])
    return None
