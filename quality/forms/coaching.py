"""What a pin and a talk bring."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.models import User
from quality.actions.coaching import Talk
from quality.queries.agents import pins_of
from quality.queries.standards import sections_of, version_in_force

LONGEST = 2000


class PinForm(forms.Form):
    comment = forms.CharField(max_length=LONGEST, required=False, label=_("What to say about it"))
    is_praise = forms.BooleanField(required=False, label=_("Praise"))


class CoachingForm(forms.Form):
    """A talk with an agent about criteria of the standard in force and about conversations that were pinned."""

    held_on = forms.DateField(label=_("Day of the talk"))
    due_on = forms.DateField(required=False, label=_("To be done by"))
    criteria = forms.MultipleChoiceField(label=_("Criteria"))
    pins = forms.MultipleChoiceField(required=False, label=_("Pinned conversations"))
    agreed = forms.CharField(max_length=LONGEST, label=_("What was agreed"))

    def __init__(self, agent: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(pin.pk): pin for pin in pins_of(agent)}
        version = version_in_force()
        sections = sections_of(version) if version else []
        criteria = [(one.code, one.text) for section in sections for one in section.criteria.all()]
        for name, choices in (("criteria", criteria), ("pins", [(pk, pk) for pk in self.known])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_held_on(self) -> date:
        held_on: date = self.cleaned_data["held_on"]
        if held_on > timezone.localdate():
            raise forms.ValidationError(_("The talk has not been held yet."))
        return held_on

    def talk(self) -> Talk:
        said = self.cleaned_data
        pins = [self.known[pk] for pk in said["pins"]]
        return Talk(said["held_on"], said["criteria"], pins, said["agreed"], said["due_on"])
