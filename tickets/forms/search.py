"""What a search is asked with."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.queries.search_stretches import Narrowed
from tickets.rules import search_keys as keys
from tickets.rules.search import QUERY_LIMIT

ORDERS = [("newest", _("Newest first")), ("best", _("Best first"))]
FILTERS = ("channel", "topic", "agent", "status", "author", "since", "until", "order")
TABS = [(each, each) for each in (keys.MESSAGES, "people", keys.TICKETS, keys.FILES)]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))


class SearchForm(forms.Form):
    """Unknown values are refused; an empty question is no question."""

    query = forms.CharField(max_length=QUERY_LIMIT * 2, required=False)
    tab = forms.ChoiceField(choices=TABS, required=False)
    order = forms.ChoiceField(label=_("Order"), choices=ORDERS, required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    agent = forms.ChoiceField(label=_("Agent"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False)
    author = forms.ChoiceField(label=_("Who wrote"), required=False)
    since = _day(pgettext_lazy("period", "From"))
    until = _day(pgettext_lazy("period", "To"))
    before = forms.RegexField(r"^[^~\0]{1,60}~[^~\0]{1,60}$", required=False, strip=False)
    shown = forms.IntegerField(required=False, min_value=0, max_value=100)

    def __init__(self, *args: Any, choices: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, values in choices.items():
            chosen: Any = self.fields[name]
            chosen.choices = [("", _("Any")), *values]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def filters(self) -> list[forms.BoundField]:
        """What the results are narrowed by, in the order of the page."""
        return [self[name] for name in FILTERS]

    def narrowed(self) -> dict[str, Any]:
        """The values as the search takes them; a period ends with its last day."""
        own = self.cleaned_data
        until = own["until"] + timedelta(days=1) if own["until"] else None
        narrowed = Narrowed(
            channel=own["channel"],
            topic=own["topic"],
            agent=own["agent"],
            status=own["status"],
            author=own["author"],
            since=_begins(own["since"]),
            until=_begins(until),
        )
        order, tab = own["order"] or "newest", own["tab"] or keys.MESSAGES
        asked = {"query": own["query"], "tab": tab, "narrowed": narrowed}
        return asked | {"order": order, "before": own["before"], "shown": own["shown"]}


def _begins(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
