"""A rule, as an administrator enters it."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import Role, User
from tickets.actions.event_rules import refuse_ring
from tickets.errors import RulesRing
from tickets.forms.topics import offer_topics
from tickets.models import EventRule
from tickets.rules.event_rules import words_of

CONDITIONS = ("channel", "topic", "priority", "words", "borrower", "waited_minutes")
ACTIONS = ("sets_topic", "sets_priority", "gives_to", "note", "tells_supervisors")
EVERY_TICKET = {EventRule.Event.OPENED, EventRule.Event.MESSAGE}  # events of every ticket
LONGEST_WAIT = 30 * 24 * 60
AREA = {"rows": 3}


class EventRuleForm(forms.ModelForm):
    class Meta:
        model = EventRule
        fields = ("name", "event", *CONDITIONS, *ACTIONS)
        labels: ClassVar = {
            "name": _("Name"),
            "event": _("When"),
            "channel": _("Channel"),
            "topic": _("Topic"),
            "priority": _("Priority"),
            "words": _("Words in the text, by commas"),
            "borrower": _("Who writes"),
            "waited_minutes": _("Has waited longer than, minutes"),
            "sets_topic": _("Set the topic"),
            "sets_priority": _("Set the priority"),
            "gives_to": _("Give a letter that nobody leads to"),
            "note": _("Leave a note"),
            "tells_supervisors": _("Tell the supervisors"),
        }
        help_texts: ClassVar = {
            "words": _("One of them is enough, with any ending. A chat that is just opened has no words yet."),
        }
        widgets: ClassVar = {"note": forms.Textarea(attrs=AREA), "gives_to": forms.Select()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["gives_to"].queryset = User.objects.filter(deactivated_at=None, role=Role.AGENT).order_by("full_name")
        fields["waited_minutes"].max_value = LONGEST_WAIT
        for name in ("topic", "channel", "priority"):
            self._name_the_empty(fields[name], _("any"))
        for name in ("sets_topic", "sets_priority", "gives_to"):
            self._name_the_empty(fields[name], _("nothing"))
        for name in ("topic", "sets_topic"):
            offer_topics(fields[name], [getattr(self.instance, f"{name}_id")])
        for name, field in fields.items():
            field.widget.attrs["class"] = "cb" if name == "tells_supervisors" else "input"
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "select"

    def _name_the_empty(self, field: Any, words: Any) -> None:
        if hasattr(field, "empty_label"):
            field.empty_label = words
        else:
            field.choices = [("", words), *(choice for choice in field.choices if choice[0] not in ("", "probe"))]

    def clean_words(self) -> str:
        return ", ".join(words_of(self.cleaned_data["words"]))

    def clean_waited_minutes(self) -> int | None:
        minutes: int | None = self.cleaned_data["waited_minutes"]
        if minutes is not None and not 1 <= minutes <= LONGEST_WAIT:
            raise forms.ValidationError(_("From one minute to thirty days."))
        return minutes

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.errors:
            return found
        if not any(found[name] for name in ACTIONS):
            raise forms.ValidationError(_("Say what the rule does: it has no action yet."))
        if found["event"] in EVERY_TICKET and not any(found[name] for name in CONDITIONS):
            raise forms.ValidationError(_("Name a condition: without one the rule would touch every ticket."))
        if found["gives_to"] and found["channel"] == "chat":
            self.add_error("gives_to", _("Chats come to agents by themselves: a rule can give letters only."))
        return found

    def _post_clean(self) -> None:
        """With the rule as it was entered: whether it would set itself off."""
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                refuse_ring(self.instance)
            except RulesRing as error:
                self.add_error(None, str(error.message))

    def validate_constraints(self) -> None:
        """Ours are said in words above; the name once is asked by ``validate_unique``."""

    def made(self) -> EventRule:
        """The rule as it was entered, not saved."""
        rule: EventRule = self.save(commit=False)
        return rule
