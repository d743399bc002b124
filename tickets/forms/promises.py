"""Policies, calendars and appeals, as people enter them."""

import re
from datetime import date, time
from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from tickets.forms.topics import offer_every_topic
from tickets.models import Appeal, Calendar, Priority, ProductionDay, SlaTarget
from tickets.rules.calendars import overlaps
from tickets.rules.sla import Hours

SPAN = re.compile(r"^(?:(\d{1,3}):)?(\d{1,4}):(\d{2})$")
HOURS = re.compile(r"^(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})$")
TIMES = ("first_response_time", "first_warn_time", "next_response_time", "next_warn_time")
LATER = {"supervisor": "supervisors_after", "admin": "administrators_after"}


class SpanField(forms.CharField):
    """A time to be kept: minutes and seconds, or hours, minutes and seconds."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        found = SPAN.match(text if ":" in text else f"{text}:00")
        if not found:
            raise forms.ValidationError(_("Write minutes and seconds as in 2:00, or hours too as in 8:00:00."))
        hours, minutes, seconds = (int(each or 0) for each in found.groups())
        return hours * 3600 + minutes * 60 + seconds


def span_text(seconds: int | None) -> str:
    """The same the other way."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


class HoursField(forms.CharField):
    """Hours of one day, by commas: 9:00-13:00, 14:00-18:00. Nothing means a day off."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return [self._hours(each.strip()) for each in text.split(",") if each.strip()]

    def _hours(self, text: str) -> Hours:
        found = HOURS.match(text)
        try:
            first, second, third, fourth = (int(each) for each in found.groups()) if found else (99,) * 4
            return time(first, second), time(0 if third == 24 else third, fourth)
        except ValueError:
            raise forms.ValidationError(_("Write hours as in 9:00-18:00, several by commas.")) from None


def hours_text(hours: Any) -> str:
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in sorted(hours))


class PolicyForm(forms.ModelForm):
    first_response_time = SpanField(label=_("First answer within"))
    first_warn_time = SpanField(label=_("Warn before"))
    next_response_time = SpanField(label=_("Each next answer within"))
    next_warn_time = SpanField(label=_("Warn before"))
    resolution_time = SpanField(label=_("The whole answer within"), required=False)
    resolution_warn_time = SpanField(label=_("Warn before"), required=False)
    supervisors_after = forms.IntegerField(
        label=_("Tell supervisors again, minutes after the breach"), min_value=1, max_value=100_000, required=False
    )
    administrators_after = forms.IntegerField(
        label=_("Tell administrators, minutes after the breach"), min_value=1, max_value=100_000, required=False
    )

    class Meta:
        model = SlaTarget
        fields = ("channel", "topic", "priority", "calendar")
        labels: ClassVar = {
            "channel": _("Channel"), "topic": _("Topic"), "priority": _("Priority"), "calendar": _("Calendar"),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chain = {role: minutes for minutes, role in self.instance.chain or ()}
        self.initial.update({name: chain.get(role) for role, name in LATER.items()})
        if self.instance.pk:
            names = (*TIMES, "resolution_time", "resolution_warn_time")
            self.initial.update({name: span_text(getattr(self.instance, name)) for name in names})
        fields: dict[str, Any] = dict(self.fields)
        fields["priority"].choices = [("", _("any")), *Priority.choices]
        fields["channel"].choices = [("", _("any")), *list(fields["channel"].choices)[1:-1]]
        fields["topic"].empty_label = _("any")
        offer_every_topic(fields["topic"], [self.instance.topic_id])
        fields["calendar"].empty_label = _("the desk's own")
        for field in self.fields.values():
            field.widget.attrs["class"] = "select" if isinstance(field.widget, forms.Select) else "input"

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        pairs = zip((*TIMES[::2], "resolution_time"), (*TIMES[1::2], "resolution_warn_time"), strict=True)
        for target, warn in pairs:
            if found.get(target) is not None and (found.get(warn) or 0) >= found[target]:
                self.add_error(warn, _("The warning has to come after the beginning."))
        found["resolution_warn_time"] = found.get("resolution_warn_time") or 0
        same = SlaTarget.objects.filter(**{name: found.get(name) for name in ("channel", "topic", "priority")})
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("There is a policy for exactly this already: change that one."))
        return found

    def made(self) -> SlaTarget:
        """The policy as it was entered, not saved."""
        policy: SlaTarget = self.save(commit=False)
        for name in (*TIMES, "resolution_time", "resolution_warn_time"):
            setattr(policy, name, self.cleaned_data[name])
        given = ((self.cleaned_data.get(name), role) for role, name in LATER.items())
        policy.chain = sorted([minutes, role] for minutes, role in given if minutes)
        return policy


class CalendarForm(forms.ModelForm):
    class Meta:
        model = Calendar
        fields = ("name", "follows_production")

    def __init__(self, *args: Any, hours: dict[int, list[Hours]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["class"] = "input"
        self.fields["follows_production"].widget.attrs["class"] = "cb"
        for day, title in WEEKDAYS.items():
            field = HoursField(
                label=title, required=False, max_length=100, initial=hours_text((hours or {}).get(day, []))
            )
            field.widget.attrs |= {"class": "input", "autocomplete": "off"}
            self.fields[f"day_{day}"] = field

    @property
    def weekdays(self) -> list[Any]:
        return [self[f"day_{day}"] for day in range(7)]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        slots: dict[int, list[Hours]] = {day: found.get(f"day_{day}") or [] for day in range(7)}
        for day, one, other, second in overlaps(slots):
            words = _("%(one)s and %(other)s overlap: one moment would be counted twice.")
            names = {
                "one": f"{WEEKDAYS[day]} {hours_text([one])}",
                "other": f"{WEEKDAYS[other]} {hours_text([second])}",
            }
            self.add_error(f"day_{other}", forms.ValidationError(words, params=names))
        return found

    def made(self) -> Calendar:
        """The calendar as it was entered, not saved."""
        calendar: Calendar = self.save(commit=False)
        return calendar

    def rows(self) -> list[tuple[int, time, time]]:
        return [(day, *each) for day in range(7) for each in self.cleaned_data[f"day_{day}"]]


class CalendarDayForm(forms.Form):
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date", "class": "input"}))
    hours = HoursField(label=_("Hours"), required=False, max_length=11, help_text=_("Left empty it is a day off."))
    note = forms.CharField(label=_("What for"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("hours", "note"):
            self.fields[name].widget.attrs["class"] = "input"


class ProductionDayForm(forms.Form):
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date", "class": "input"}))
    kind = forms.ChoiceField(label=_("What it is"), choices=ProductionDay.Kind.choices)


class PreviewForm(forms.Form):
    at = forms.DateTimeField(input_formats=["%Y-%m-%dT%H:%M"])


class AppealForm(forms.Form):
    received_on = forms.DateField()
    channel = forms.ChoiceField(choices=Appeal.Channel.choices)


class EndingForm(forms.Form):
    ending = forms.ChoiceField(choices=Appeal.Ending.choices)
    on = forms.DateField()
    note = forms.CharField(required=False, max_length=500)


class AppealsForm(forms.Form):
    """What of the register is shown; a wrong filter is none."""

    state = forms.ChoiceField(choices=[("", ""), ("open", ""), ("late", ""), ("ended", "")], required=False)
    channel = forms.ChoiceField(choices=[("", ""), *Appeal.Channel.choices], required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def chosen(self) -> dict[str, str | date]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
