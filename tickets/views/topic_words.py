"""What became of a topic, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.models import Topic, TopicVersion
from tickets.queries.topics import versions_of

CHANGES = {
    "kept": pgettext_lazy("topic", "as it was at first"),
    "added": pgettext_lazy("topic", "added"),
    "changed": pgettext_lazy("topic", "changed"),
    "ordered": pgettext_lazy("topic", "put in another order"),
    "archived": pgettext_lazy("topic", "put into the archive"),
    "restored": pgettext_lazy("topic", "restored"),
}
NAMES = {
    "title_ru": _("Title in Russian"),
    "title_en": _("Title in English"),
    "parent": _("Stands under"),
    "disclosure": _("Who may be told of it"),
    "is_offered": _("offered to borrowers"),
    "is_complaint": _("a complaint"),
}


def version_rows(topic: Topic) -> list[tuple[TopicVersion, object, list[tuple[object, str]]]]:
    """Each version with what was done, and with what it says differently from the one before it."""
    versions = versions_of(topic)
    earlier: list[TopicVersion | None] = [*versions[1:], None][: len(versions)]
    return [(each, CHANGES[each.change], _differences(each, was)) for each, was in zip(versions, earlier, strict=True)]


def _differences(version: TopicVersion, was: TopicVersion | None) -> list[tuple[object, str]]:
    return [
        (words, _said(version, name))
        for name, words in NAMES.items()
        if was is None or getattr(was, name) != getattr(version, name)
    ]


def _said(version: TopicVersion, name: str) -> str:
    if name == "parent":
        return version.parent.title if version.parent else "—"
    if name == "disclosure":
        return str(version.get_disclosure_display())
    value = getattr(version, name)
    return str((_("yes") if value else _("no")) if isinstance(value, bool) else value)
