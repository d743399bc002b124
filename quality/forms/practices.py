"""What comes in of practices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.models import Channel
from identity.models import User
from quality.models import Practice
from quality.queries.practices import agents
from quality.rules.catalogue import known_checks
from quality.rules.metrics import KNOWN
from quality.rules.practices import problem_of_pattern
from quality.serializers.metrics import metric_title
from tickets.models import ScenarioStep
from tickets.queries.topics import flat_choices

PROBLEMS = {
    "not_a_pattern": _("This is not a regular expression."),
    "matches_nothing": _("It would match anything."),
    "slow": _("It takes too long on long messages; write it more simply."),
}
CHANNELS = [(value, words) for value, words in Channel.choices if value != Channel.PROBE]
KINDS = [
    ("", _("not looked for")),
    ("regex", _("words, as a regular expression")),
    ("check", _("a check, by its code")),
    ("step", _("a step of the scenario, by its number")),
]


class PracticeForm(forms.Form):
    """A way of working with its hypothesis; no agent may be in both arms."""

    title = forms.CharField(max_length=160, label=_("Title"))
    hypothesis = forms.CharField(max_length=2000, label=_("Hypothesis"), widget=forms.Textarea)
    metric = forms.ChoiceField(label=_("Metric"))
    direction = forms.ChoiceField(choices=Practice.Direction.choices, label=_("Should go"))
    min_effect = forms.FloatField(min_value=0, label=_("By at least, in its units"))
    rollout_on = forms.DateField(required=False, label=_("Roll-out"))
    review_on = forms.DateField(required=False, label=_("Look again on"))
    channels = forms.MultipleChoiceField(choices=CHANNELS, required=False, label=_("Channels"))
    topics = forms.MultipleChoiceField(required=False, label=_("Topics"))
    treated = forms.MultipleChoiceField(label=_("Try it"))
    control = forms.MultipleChoiceField(required=False, label=_("Work as before"))
    kind = forms.ChoiceField(choices=KINDS, required=False, label=_("How a transcript shows it"))
    value = forms.CharField(max_length=300, required=False, label=_("What is looked for"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in agents()}
        named = [(pk, one.full_name) for pk, one in self.people.items()]
        self._choices("treated", named)
        self._choices("control", named)
        self._choices("topics", flat_choices())
        self._choices("metric", [(one.code, metric_title(one)) for one in KNOWN.values()])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if set(said.get("treated", [])) & set(said.get("control", [])):
            self.add_error("control", _("Nobody can be in both groups."))
        if problem := _problem_of(said.get("kind", ""), said.get("value", "")):
            self.add_error("value", problem)
        return said

    def said(self) -> dict[str, Any]:
        """The fields of a practice."""
        said = self.cleaned_data
        plain = {name: said[name] for name in ("title", "hypothesis", "metric", "direction", "min_effect", "review_on")}
        detection = {"kind": said["kind"], "value": said["value"].strip()} if said["kind"] else {}
        filters = {"channels": said["channels"], "topics": said["topics"]}
        return plain | {"filters": filters, "detection": detection, "rollout_on": said["rollout_on"]}

    def arm(self, name: str) -> list[User]:
        return [self.people[pk] for pk in self.cleaned_data[name]]


class CriterionForm(forms.Form):
    """A practice that worked, in the words of a criterion."""

    code = forms.SlugField(max_length=50, label=_("Code"))
    text_ru = forms.CharField(max_length=300, label=_("In Russian"))
    text_en = forms.CharField(max_length=300, label=_("In English"))


def _problem_of(kind: str, value: str) -> Any:
    value = value.strip()
    if not kind:
        return ""
    if not value:
        return _("Say what is looked for.")
    if kind == "regex":
        return PROBLEMS.get(problem_of_pattern(value), "")
    if kind == "check":
        return "" if value in known_checks() else _("There is no such automatic check.")
    known = value.isdecimal() and len(value) < 10 and ScenarioStep.objects.filter(key=int(value)).exists()
    return "" if known else _("There is no such step.")
