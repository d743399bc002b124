"""The tree of topics, changed by administrators: every change is a version and a line of the audit log."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from identity.actions import record_audit
from identity.models import User
from tickets.actions.events import plain
from tickets.errors import Invalid
from tickets.models import Topic, TopicVersion
from tickets.queries.promises import forget_promises
from tickets.queries.topics import tree_of
from tickets.rules.topics import misplaced

FACTS = (
    "title_ru", "title_en", "parent_id", "position", "icon", "disclosure", "is_offered", "is_complaint", "archived_at",
)  # fmt: skip
CODE_LENGTH = 40
Known = dict[int, Topic]


@transaction.atomic
def save_topic(*, topic: Topic, by: User) -> Topic:
    """A new topic or a changed one; where it was moved, it goes behind its new neighbours. Refuses rings and depth."""
    known = _locked()
    before = known.get(topic.pk)
    _refuse_misplaced(known, topic)
    if before is not None:
        topic.version, topic.archived_at, topic.position = before.version, before.archived_at, before.position
    if before is None or before.parent_id != topic.parent_id:
        topic.position = 1 + max((each.position for each in _beside(known, topic)), default=-1)
    if before is None:
        topic.code, topic.version = _free_code(topic), 0
        topic.icon = known[topic.parent_id].icon if topic.parent_id else topic.icon
    return _keep(topic, before, "changed" if before else "added", by)


@transaction.atomic
def move_earlier(*, topic: Topic, by: User) -> Topic:
    """Before the neighbour above it."""
    return _step(topic, -1, by)


@transaction.atomic
def move_later(*, topic: Topic, by: User) -> Topic:
    """Behind the neighbour below it."""
    return _step(topic, 1, by)


@transaction.atomic
def archive_topic(*, topic: Topic, by: User) -> Topic:
    """Nobody chooses it any more, nor what stands under it; tickets, reports and lists that have it keep it."""
    known = _locked()
    topic = known[topic.pk]
    if topic.archived_at:
        return topic
    before = _facts(topic)
    topic.archived_at = timezone.now()
    tree = tree_of(known.values())
    if all(tree.is_hidden(each) for each in known):
        raise Invalid("last_topic")
    return _keep(topic, before, "archived", by)


@transaction.atomic
def restore_topic(*, topic: Topic, by: User) -> Topic:
    """It is chosen again, with what stands under it."""
    known = _locked()
    topic = known[topic.pk]
    if topic.archived_at is None:
        return topic
    if topic.parent_id and tree_of(known.values()).is_hidden(topic.parent_id):
        raise Invalid("topic_under_archived")
    before = _facts(topic)
    topic.archived_at = None
    return _keep(topic, before, "restored", by)


def _locked() -> Known:
    """All topics under their locks: where one may stand depends on the others."""
    return {topic.pk: topic for topic in Topic.objects.select_for_update(no_key=True).order_by("pk")}


def _refuse_misplaced(known: Known, topic: Topic) -> None:
    tree = tree_of(known.values())
    if wrong := misplaced(tree, topic.pk, topic.parent_id):
        raise Invalid(wrong)
    is_moved = topic.pk is None or known[topic.pk].parent_id != topic.parent_id
    if is_moved and topic.parent_id and tree.is_hidden(topic.parent_id):
        raise Invalid("topic_under_archived")


def _beside(known: Known, topic: Topic) -> list[Topic]:
    """Its neighbours under the same topic, in order, without itself."""
    beside = [each for each in known.values() if each.parent_id == topic.parent_id and each.pk != topic.pk]
    return sorted(beside, key=lambda each: (each.position, each.pk))


def _step(topic: Topic, by_places: int, by: User) -> Topic:
    known = _locked()
    topic = known[topic.pk]
    row = sorted([*_beside(known, topic), topic], key=lambda each: (each.position, each.pk))
    at = row.index(topic)
    to = at + by_places
    if not 0 <= to < len(row):
        return topic
    before = _facts(topic)
    row.insert(to, row.pop(at))
    for position, each in enumerate(row):
        each.position = position
    Topic.objects.bulk_update(row, ["position"])
    return _keep(topic, before, "ordered", by)


def _keep(topic: Topic, before: Topic | dict[str, Any] | None, change: str, by: User) -> Topic:
    """Store it with its next version; nothing where nothing is different."""
    was = _facts(before) if isinstance(before, Topic) else before
    facts = _facts(topic)
    if was == facts:
        return topic
    if was is not None:
        TopicVersion.objects.get_or_create(topic=topic, number=topic.version, defaults={**was, "change": "kept"})
    topic.version += 1
    topic.save()
    TopicVersion.objects.create(topic=topic, number=topic.version, change=change, changed_by=by, **facts)
    record_audit(
        code=f"topic.{change}", actor=by, object_kind="topic", object_id=topic.code,
        version=topic.version, before=plain(was) if was else None, after=plain(facts),
    )  # fmt: skip
    forget_promises()
    return topic


def _facts(topic: Topic) -> dict[str, Any]:
    return {name: getattr(topic, name) for name in FACTS}


def _free_code(topic: Topic) -> str:
    """A short name for interfaces, from the English title; it never changes afterwards."""
    stem = slugify(topic.title_en)[:CODE_LENGTH] or "topic"
    taken = set(Topic.objects.filter(code__startswith=stem).values_list("code", flat=True))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)
