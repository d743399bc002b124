"""When silent chats end, as an administrator says it: in minutes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import SilenceRule

A_DAY = 24 * 60


class SilenceForm(forms.Form):
    is_on = forms.BooleanField(label=_("Silent chats end by themselves"), required=False)
    warn_minutes = forms.IntegerField(
        label=_("Ask whether they are there after, minutes"), min_value=1, max_value=A_DAY
    )
    close_minutes = forms.IntegerField(label=_("End the chat after further, minutes"), min_value=1, max_value=A_DAY)

    def __init__(self, *args: Any, rule: SilenceRule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        minutes = {"warn_minutes": rule.warn_time // 60, "close_minutes": rule.close_time // 60}
        self.initial.update({"is_on": rule.is_on, **minutes})
        self.fields["is_on"].widget.attrs["class"] = "cb"
        for name in ("warn_minutes", "close_minutes"):
            self.fields[name].widget.attrs |= {"class": "input", "inputmode": "numeric"}

    def made(self) -> SilenceRule:
        """The rule as it was entered, not saved."""
        said = self.cleaned_data
        times = {"warn_time": said["warn_minutes"] * 60, "close_time": said["close_minutes"] * 60}
        return SilenceRule(is_on=said["is_on"], **times)
