"""A letter on paper as it is registered, and the answer that leaves by post."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import Channel
from chat.rules.entries import ATTACHMENTS_LIMIT
from tickets.forms.calls import TopicField, area, choice, line
from tickets.models import PaperLetter

LONGEST = 20_000  # characters
CHANNELS = [(each.value, each.label) for each in (Channel.PAPER, Channel.PORTAL)]


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; none is fine where none is needed."""

    def __init__(self, **said: Any) -> None:
        widget = Files(attrs={"class": "input", "multiple": True, "accept": "application/pdf,image/*"})
        super().__init__(widget=widget, **said)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        found = [super(FilesField, self).clean(each, initial) for each in given]
        if self.required and not found:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(found) > ATTACHMENTS_LIMIT:
            raise forms.ValidationError(_("At most ten files."))
        return found


def day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"})


def past_day(value: date) -> date:
    if value > timezone.localdate():
        raise forms.ValidationError(_("This day is still to come."))
    return value


class PaperForm(forms.Form):
    """A letter that came by post or through the regulator's portal."""

    channel = forms.ChoiceField(label=_("How it came"), choices=CHANNELS, widget=choice())
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *PaperLetter.Kind.choices], widget=choice())
    incoming_number = forms.CharField(label=_("Incoming number"), max_length=60, widget=line())
    received_on = forms.DateField(label=_("Received"), widget=day())
    sender = forms.CharField(label=_("Sender"), max_length=200, widget=line())
    sender_address = forms.CharField(
        label=_("Postal address for the answer"), required=False, max_length=300, widget=line()
    )
    topic = TopicField()
    subject = forms.CharField(label=pgettext_lazy("letter", "Heading"), max_length=200, widget=line())
    body = forms.CharField(label=_("What it says, in short"), max_length=LONGEST, widget=area(5))
    is_appeal = forms.BooleanField(
        label=_("Register as a written appeal"),
        required=False,
        help_text=_("It gets the next number of the register, and the law's deadline from the day it came."),
        widget=forms.CheckboxInput(attrs={"class": "cb"}),
    )
    scans = FilesField(label=_("Scans"), help_text=_("PDF or pictures, at most ten, 10 MB each."))

    def clean_received_on(self) -> date:
        return past_day(self.cleaned_data["received_on"])


class PaperAnswerForm(forms.Form):
    """The text of an answer, kept until it is sent."""

    body = forms.CharField(label=_("Text of the answer"), max_length=LONGEST, widget=area(14))


class PaperSentForm(forms.Form):
    """That the printed answer has left."""

    outgoing_number = forms.CharField(label=_("Outgoing number"), max_length=60, widget=line())
    sent_on = forms.DateField(label=_("Sent"), widget=day())
    scans = FilesField(
        label=_("Signed answer"), required=False, help_text=_("The scan of what was sent, PDF or pictures.")
    )

    def clean_sent_on(self) -> date:
        return past_day(self.cleaned_data["sent_on"])
