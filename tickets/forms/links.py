"""How one ticket has to do with another."""

from django import forms

from tickets.models import TicketLink


class LinkForm(forms.Form):
    kind = forms.ChoiceField(choices=TicketLink.Kind.choices)
    other = forms.IntegerField(min_value=1, max_value=2**63 - 1)
