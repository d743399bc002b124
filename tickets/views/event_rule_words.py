"""A rule in words: when, if, then."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from tickets.models import EventRule


def conditions(rule: EventRule) -> str:
    return ", ".join(_conditions(rule)) or _("always")


def _conditions(rule: EventRule) -> Iterator[str]:
    if rule.channel:
        yield _("channel “%(name)s”") % {"name": rule.get_channel_display()}
    if rule.topic:
        yield _("topic “%(name)s”") % {"name": rule.topic.title}
    if rule.priority:
        yield _("priority “%(name)s”") % {"name": rule.get_priority_display()}
    if rule.words:
        yield _("one of the words: %(words)s") % {"words": rule.words}
    if rule.borrower:
        yield str(rule.get_borrower_display()).lower()
    if rule.waited_minutes:
        yield _("has waited longer than %(n)s min") % {"n": rule.waited_minutes}


def deeds(rule: EventRule) -> str:
    return ", ".join(_deeds(rule))


def _deeds(rule: EventRule) -> Iterator[str]:
    if rule.sets_topic:
        yield _("topic “%(name)s”") % {"name": rule.sets_topic.title}
    if rule.sets_priority:
        yield _("priority “%(name)s”") % {"name": rule.get_sets_priority_display()}
    if rule.gives_to:
        yield _("given to %(name)s") % {"name": rule.gives_to.display_name}
    if rule.note:
        yield _("a note")
    if rule.tells_supervisors:
        yield _("the supervisors are told")
