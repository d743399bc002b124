"""A topic as an administrator writes it, and the tree as other forms offer it."""

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.errors import INVALID
from tickets.models import Topic
from tickets.queries.topics import Branch, branches, offered_groups, tree_of
from tickets.rules.topics import misplaced

Chosen = Collection[int | str | None]


def offer_topics(field: Any, chosen: Chosen = ()) -> None:
    """Let a field of one topic offer what can be chosen, grouped by what stands above it, and what was chosen."""
    groups = offered_groups(chosen)
    found = [(group.title, [(each.topic.pk, each.topic.title) for each in group.branches]) for group in groups]
    own = [part for title, topics in found for part in ([(title, topics)] if title else topics)]
    _offer(field, [each for group in groups for each in group.branches], own)


def offer_listed_topics(field: Any, chosen: Chosen = ()) -> None:
    """The same for a list of boxes: each with what stands above it."""
    shown = [each for group in offered_groups(chosen) for each in group.branches]
    _offer(field, shown, [(each.topic.pk, each.whole_title) for each in shown])


def offer_every_topic(field: Any, chosen: Chosen = ()) -> None:
    """Topics with others under them too: what is said of them holds for those as well."""
    shown = [each for each in branches() if not each.is_hidden or each.topic.pk in chosen]
    _offer(field, shown, [(each.topic.pk, each.whole_title) for each in shown])


def _offer(field: Any, shown: Collection[Branch], choices: list[Any]) -> None:
    field.queryset = Topic.objects.filter(pk__in=[each.topic.pk for each in shown])
    empty = getattr(field, "empty_label", None)
    field.choices = [*([("", empty)] if empty is not None else []), *choices]


class TopicForm(forms.ModelForm):
    """What is said of a topic, and where it stands."""

    class Meta:
        model = Topic
        fields = ("title_ru", "title_en", "parent", "disclosure", "is_complaint", "is_offered")
        labels: ClassVar = {
            "parent": _("Stands under"),
            "is_complaint": _("A complaint: quality and the register of appeals look at it so"),
            "is_offered": _("Borrowers may choose it before they write"),
        }
        help_texts: ClassVar = {
            "disclosure": _("Agents are told when whoever writes is not proved so far."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["parent"].empty_label = _("nothing: it is one of the highest")
        offer_every_topic(fields["parent"], [self.instance.parent_id])
        for name, field in fields.items():
            field.widget.attrs["class"] = "cb" if name.startswith("is_") else "input"
            if isinstance(field.widget, forms.Select):
                field.widget.attrs["class"] = "select"

    def clean_parent(self) -> Topic | None:
        parent: Topic | None = self.cleaned_data["parent"]
        tree = tree_of(Topic.objects.all())
        wrong = misplaced(tree, self.instance.pk, parent.pk if parent else None)
        if wrong:
            raise forms.ValidationError(str(INVALID[wrong]))
        return parent

    def validate_constraints(self) -> None:
        """Ours is said in words above."""

    def made(self) -> Topic:
        """The topic as it was entered, not saved."""
        topic: Topic = self.save(commit=False)
        return topic
