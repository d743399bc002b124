"""Who takes the chats of a topic first, as an administrator ticks it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import Role, User
from tickets.models import SkillRule
from tickets.models.skills import LONGEST


class SkillForm(forms.Form):
    """Agents, and for how many seconds a chat waits for them alone."""

    agents = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=_("Who takes its chats first"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "cb"}),
    )
    fallback_time = forms.IntegerField(
        label=_("After so many seconds anybody takes it"), min_value=5, max_value=LONGEST, initial=60
    )

    def __init__(self, *args: Any, rule: SkillRule | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = list(rule.agents.values_list("pk", flat=True)) if rule else []
        here = User.objects.filter(deactivated_at=None).exclude(role=Role.PROBE)
        field: Any = self.fields["agents"]
        field.queryset = (here | User.objects.filter(pk__in=chosen)).distinct().order_by("full_name")
        field.label_from_instance = lambda user: user.full_name
        if rule:
            self.initial = {"agents": chosen, "fallback_time": rule.fallback_time}
        self.fields["fallback_time"].widget.attrs["class"] = "input"
