"""What comes in of mystery visits."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from identity.models import User
from quality.models import MysteryProgramme, MysteryVisit
from quality.queries.mystery import planted_known_to, scenarios_of, staff
from quality.rules.mystery import LONGEST_WAIT, fits
from tickets.queries.topics import choosable_topics, flat_choices


class ProgrammeForm(forms.Form):
    """A round of visits."""

    title = forms.CharField(max_length=120, label=_("Title"))
    starts_on = forms.DateField(label=pgettext_lazy("visits", "From"))
    ends_on = forms.DateField(required=False, label=pgettext_lazy("visits", "To"))
    visits_per_shopper = forms.IntegerField(min_value=1, max_value=50, label=_("Visits of one shopper a quarter"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("starts_on") and said.get("ends_on") and said["ends_on"] < said["starts_on"]:
            self.add_error("ends_on", _("It ends before it starts."))
        return said


class ScenarioForm(forms.Form):
    """What the shopper plays."""

    title = forms.CharField(max_length=120, label=_("Title"))
    topic = forms.ChoiceField(required=False, label=_("Topic"))
    legend = forms.CharField(max_length=4000, label=_("Legend: who writes, and what about"), widget=forms.Textarea)
    expected = forms.CharField(
        max_length=4000, required=False, label=_("What a good answer holds"), widget=forms.Textarea
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics = {one.code: one for one in choosable_topics()}
        _choose(self, "topic", [("", "—"), *flat_choices()])

    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "topic": self.topics.get(self.cleaned_data["topic"])}


class PlantedForm(forms.Form):
    """A borrower by the lender's number."""

    customer_id = forms.CharField(max_length=64, label=_("The borrower's number at the lender"))


class VisitForm(forms.Form):
    """Who shops what, when, and under whose name."""

    scenario = forms.ChoiceField(label=_("Scenario"))
    shopper = forms.ChoiceField(label=_("Shopper"))
    role = forms.ChoiceField(choices=MysteryVisit.Role.choices, label=_("Takes part as"))
    borrower = forms.ChoiceField(label=_("Writes as"))
    window_from = forms.DateTimeField(label=pgettext_lazy("visits", "From"))
    window_to = forms.DateTimeField(label=pgettext_lazy("visits", "To"))
    cost = forms.DecimalField(
        min_value=0, max_digits=9, decimal_places=2, required=False, localize=True, label=_("Cost, roubles")
    )
    apart_from = forms.MultipleChoiceField(required=False, label=_("The shopper leads them or works with them"))

    def __init__(self, data: Any = None, *, programme: MysteryProgramme, by: User) -> None:
        super().__init__(data)
        self.people = {str(one.pk): one for one in staff()}
        self.planted = {str(one.pk): one for one in planted_known_to(by)}
        self.scenarios = {str(one.pk): one for one in scenarios_of(programme) if one.is_active}
        named = [(pk, one.full_name) for pk, one in self.people.items()]
        _choose(self, "shopper", named)
        _choose(self, "apart_from", [(pk, name) for pk, name in named if not self.people[pk].is_supervisor])
        _choose(self, "scenario", [(pk, one.title) for pk, one in self.scenarios.items()])
        _choose(
            self,
            "borrower",
            [(pk, f"{one.borrower.full_name}, {one.borrower.customer_id}") for pk, one in self.planted.items()],
        )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begins, ends = said.get("window_from"), said.get("window_to")
        if begins and ends and ends <= begins:
            self.add_error("window_to", _("It ends before it starts."))
        elif ends and ends <= timezone.now():
            self.add_error("window_to", _("This moment has passed. Choose a later one."))
        shopper = self.people.get(said.get("shopper", ""))
        if shopper and said.get("role") and not fits(said["role"], is_supervisor=shopper.is_supervisor):
            self.add_error("role", _("Managers are supervisors and administrators, line staff are agents."))
        return said

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "scenario": self.scenarios[said["scenario"]],
            "shopper": self.people[said["shopper"]],
            "role": said["role"],
            "planted": self.planted[said["borrower"]],
            "window": (said["window_from"], said["window_to"]),
            "cost": said["cost"],
            "apart_from": [self.people[pk] for pk in said["apart_from"]],
        }


class ObservationsForm(forms.Form):
    """What the shopper saw."""

    waited = forms.IntegerField(
        min_value=0, max_value=LONGEST_WAIT, required=False, label=_("Minutes until the first answer")
    )
    lasted = forms.IntegerField(
        min_value=0, max_value=LONGEST_WAIT, required=False, label=_("Minutes until the question was settled")
    )
    notes = forms.CharField(max_length=4000, label=_("What you noticed"), widget=forms.Textarea)


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
