"""The goal of a plan of agents, as a supervisor says it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

BOUNDS = {"share": (50, 99), "seconds": (10, 3600), "places": (1, 5)}


def _whole(label: Any, name: str) -> forms.IntegerField:
    low, high = BOUNDS[name]
    words = format_lazy(_("From {low} to {high}, in whole numbers."), low=low, high=high)
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), words)
    field = forms.IntegerField(label=label, min_value=low, max_value=high, error_messages=said)
    field.widget.attrs |= {"class": "input", "inputmode": "numeric"}
    return field


class StaffingForm(forms.Form):
    share = _whole(_("Answered in time, %"), "share")
    seconds = _whole(_("In time means within, seconds"), "seconds")
    places = _whole(_("Chats at once for each agent"), "places")
