"""A call as somebody writes it down, and a telephone exchange as an administrator describes it."""

import re
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.rules.entries import STAFF_BODY_LIMIT
from tickets.models import Call, Exchange
from tickets.queries.topics import topic_choices
from tickets.rules.calls import LONGEST_CALL, NUMBER, digits_of

OLDEST = timedelta(days=30)
HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
MOMENT = "%Y-%m-%dT%H:%M"
LASTED = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})|(\d{1,3})")


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"class": "input ta", "rows": rows})


def line(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attrs})


def choice() -> forms.Select:
    return forms.Select(attrs={"class": "select"})


class TopicField(forms.ChoiceField):
    """A topic by its code; nothing is chosen beforehand."""

    def __init__(self) -> None:
        super().__init__(label=_("Topic"), choices=topics, widget=choice())


def topics() -> list[Any]:
    return [("", "—"), *topic_choices()]


class WrittenDownForm(forms.Form):
    """What was said in a call and what comes of it."""

    topic = TopicField()
    note = forms.CharField(label=_("What was said"), max_length=STAFF_BODY_LIMIT, widget=area(5))
    outcome = forms.ChoiceField(label=_("Result"), choices=[("", "—"), *Call.Outcome.choices], widget=choice())
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=300, widget=line())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("outcome") == Call.Outcome.NEXT_STEP and not said.get("next_step"):
            self.add_error("next_step", _("Say what remains to be done, and by when."))
        return said


class CallForm(WrittenDownForm):
    """A call that no exchange told of."""

    direction = forms.ChoiceField(label=_("Direction"), choices=Call.Direction.choices, widget=choice())
    number = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=30,
        widget=line(inputmode="tel"),
        help_text=_("Empty: hidden."),
    )
    started_at = forms.DateTimeField(
        label=_("When"),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"class": "input", "type": "datetime-local"}),
    )
    lasted = forms.CharField(
        label=_("Duration"), max_length=9, widget=line(inputmode="numeric"), help_text=_("Minutes, or as in 4:30.")
    )

    field_order = ("direction", "number", "started_at", "lasted", "topic", "note", "outcome", "next_step")

    def clean_number(self) -> str:
        typed = self.cleaned_data["number"].strip()
        digits = digits_of(typed)
        if typed and (not NUMBER.fullmatch(typed) or not 3 <= len(digits) <= 15):
            raise forms.ValidationError(_("This is not a phone number."))
        return digits

    def clean_started_at(self) -> datetime:
        moment: datetime = self.cleaned_data["started_at"]
        now = timezone.now()
        if not now - OLDEST <= moment <= now + timedelta(minutes=5):
            raise forms.ValidationError(_("A call of the last thirty days, and none that is still to come."))
        return moment

    def clean_lasted(self) -> timedelta:
        found = LASTED.fullmatch(self.cleaned_data["lasted"].strip())
        if not found:
            raise forms.ValidationError(_("Write minutes, or minutes and seconds as in 4:30."))
        hours, minutes, seconds, alone = (int(part or 0) for part in found.groups())
        lasted = timedelta(hours=hours, minutes=minutes + alone, seconds=seconds)
        if lasted > LONGEST_CALL:
            raise forms.ValidationError(_("No call lasts so long."))
        return lasted


class ExchangeForm(forms.ModelForm):
    """A telephone exchange. Extensions are lines, hosts are divided by commas."""

    extensions = forms.CharField(
        label=_("Who answers at which extension"),
        required=False,
        max_length=20_000,
        widget=area(4),
        help_text=_(
            "One in a line: 101 = e.voronova@lender.example. Without it the exchange names the e-mail address."
        ),
    )
    recording_hosts = forms.CharField(
        label=_("Where recordings are kept"),
        required=False,
        max_length=1000,
        widget=line(),
        help_text=_("Names of servers, by commas. A link to any other server is refused."),
    )

    class Meta:
        model = Exchange
        fields = ("name", "code")
        widgets: ClassVar = {"name": line(), "code": line(spellcheck="false")}

    field_order = ("name", "code", "extensions", "recording_hosts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance
        self.initial["extensions"] = "\n".join(f"{number} = {email}" for number, email in kept.extensions.items())
        self.initial["recording_hosts"] = ", ".join(kept.recording_hosts)

    def clean_extensions(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for each in filter(str.strip, self.cleaned_data["extensions"].splitlines()):
            number, equals, email = (part.strip() for part in each.partition("="))
            if not (number and equals and "@" in email):
                raise forms.ValidationError(_("This line is not understood: %(line)s"), params={"line": each[:80]})
            found[number[:40]] = email[:254]
        return found

    def clean_recording_hosts(self) -> list[str]:
        hosts = [each.strip().lower() for each in self.cleaned_data["recording_hosts"].split(",") if each.strip()]
        for each in hosts:
            if not HOST.fullmatch(each):
                raise forms.ValidationError(_("This is not the name of a server: %(name)s"), params={"name": each})
        return list(dict.fromkeys(hosts))
