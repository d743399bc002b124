"""What a list of tickets is narrowed to, and what is done with the chosen ones."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models import Channel
from identity.models import Role, User
from tickets.models import Priority, Topic
from tickets.queries.lists import MOST, STATES, Listed
from tickets.queries.topics import choosable_topics, offered_groups, topic_choices

STATE_WORDS = {
    "open": pgettext_lazy("list", "Not finished"),
    "owed": pgettext_lazy("list", "We owe an answer"),
    "late": pgettext_lazy("list", "Late"),
    "free": pgettext_lazy("list", "Nobody's"),
    "snoozed": pgettext_lazy("list", "Put off"),
    "resolved": pgettext_lazy("list", "Finished"),
    "all": pgettext_lazy("list", "All"),
}
DEEDS = {
    "topic": _("Set the topic"),
    "priority": _("Set the priority"),
    "assign": _("Give to an agent"),
    "snooze": _("Put off until"),
    "resolve": _("Finish"),
}
ME = "me"


class ListForm(forms.Form):
    """Unknown values are left out: an old address still shows a list."""

    state = forms.ChoiceField(label=_("State"), choices=[(one, STATE_WORDS[one]) for one in STATES], required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    priority = forms.ChoiceField(label=_("Priority"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    before = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, list[Any]] = {
            "channel": list(Channel.choices),
            "topic": topic_choices([self.data.get("topic")]),
            "priority": list(Priority.choices),
            "agent": [(ME, pgettext_lazy("list", "Mine")), *agents()],
        }
        for name, choices in offered.items():
            field: Any = self.fields[name]
            field.choices = [("", _("Any")), *choices]
        for field in self.fields.values():
            field.widget.attrs["class"] = "select"

    def asked(self) -> dict[str, str]:
        """What was asked and is known, as an address or a kept list says it."""
        self.is_valid()
        return {name: str(value) for name, value in self.cleaned_data.items() if value and name != "before"}

    def listed(self, user: User) -> Listed:
        """The same for the query."""
        own = self.asked()
        agent = own.get("agent", "")
        return Listed(
            state=own.get("state", STATES[0]),
            channel=own.get("channel", ""),
            topic=own.get("topic", ""),
            priority=own.get("priority", ""),
            agent=user.pk if agent == ME else UUID(agent) if agent else None,
            before=self.cleaned_data.get("before"),
        )


class DeedForm(forms.Form):
    """One thing to do with up to ``MOST`` tickets; of the values only the one it needs is read."""

    deed = forms.ChoiceField(choices=list(DEEDS.items()))
    numbers = forms.TypedMultipleChoiceField(coerce=int)
    topic = forms.ModelChoiceField(Topic.objects.none(), to_field_name="code", required=False)
    priority = forms.ChoiceField(choices=Priority.choices, required=False)
    agent = forms.ModelChoiceField(User.objects.none(), required=False)
    until = forms.DateTimeField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        data: Any = self.data
        given = [one for one in data.getlist("numbers") if one.isascii() and one.isdigit() and len(one) < 18]
        numbers: Any = self.fields["numbers"]
        numbers.choices = [(one, one) for one in given]
        topic: Any = self.fields["topic"]
        topic.queryset = choosable_topics()
        people: Any = self.fields["agent"]
        people.queryset = User.objects.filter(role=Role.AGENT, deactivated_at=None)

    def clean_numbers(self) -> list[int]:
        numbers: list[int] = self.cleaned_data["numbers"]
        if len(numbers) > MOST:
            raise forms.ValidationError(_("At most %(n)s tickets are changed at once.") % {"n": MOST})
        return numbers

    def clean(self) -> dict[str, Any]:
        own = super().clean() or {}
        needs = {"topic": "topic", "priority": "priority", "assign": "agent", "snooze": "until"}
        needed = needs.get(own.get("deed", ""))
        if needed and not own.get(needed):
            raise forms.ValidationError(_("Choose what to set."))
        return {**own, "value": own.get(needed) if needed else None}


def agents() -> list[tuple[str, str]]:
    return [(str(one.pk), one.full_name) for one in User.objects.filter(role=Role.AGENT).order_by("full_name")]


def offered() -> dict[str, Any]:
    """What the page offers to set."""
    return {
        "deeds": DEEDS.items(),
        "topics": offered_groups(),
        "priorities": Priority.choices,
        "agents": agents(),
    }
