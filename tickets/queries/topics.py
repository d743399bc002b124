"""The tree of topics as pages offer it: in order, what can be chosen, what is in the archive."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, QuerySet

from tickets.models import SkillRule, Ticket, Topic, TopicVersion
from tickets.rules.topics import Node, Tree

BETWEEN = " › "
Choice = tuple[str, str]


@dataclass(frozen=True)
class Branch:
    """One topic in its place: ``path`` names those above it, ``depth`` is 1 at the top."""

    topic: Topic
    depth: int
    path: str
    is_leaf: bool
    is_hidden: bool

    @property
    def is_choosable(self) -> bool:
        """Whether a ticket may be finished with it."""
        return self.is_leaf and not self.is_hidden

    @property
    def whole_title(self) -> str:
        return BETWEEN.join(filter(None, (self.path, self.topic.title)))


@dataclass(frozen=True)
class Group:
    """Topics that stand together under ``title``; the highest have none."""

    title: str
    branches: list[Branch]


def tree_of(topics: Collection[Topic]) -> Tree:
    return Tree(
        Node(topic.pk, topic.parent_id, topic.position, is_archived=topic.archived_at is not None) for topic in topics
    )


def branches() -> list[Branch]:
    """Every topic, the archive too, each before those under it."""
    known = {topic.pk: topic for topic in Topic.objects.all()}
    tree = tree_of(known.values())
    found = []
    for node in tree.ordered():
        above = tree.lineage(node.id)[:0:-1]
        path = BETWEEN.join(known[each].title for each in above)
        is_leaf, is_hidden = tree.is_leaf(node.id), tree.is_hidden(node.id)
        found.append(Branch(known[node.id], len(above) + 1, path, is_leaf=is_leaf, is_hidden=is_hidden))
    return found


def offered_groups(chosen: Collection[int | str | None] = ()) -> list[Group]:
    """What may be chosen, and what was chosen before it went into the archive or got topics under it."""
    shown = [each for each in branches() if each.is_choosable or _is_among(each, chosen)]
    return [Group(path, list(found)) for path, found in groupby(shown, key=lambda each: each.path)]


def topic_choices(chosen: Collection[int | str | None] = ()) -> list[tuple[str, str | list[Choice]]]:
    """The same for a choice by code, grouped by what stands above."""
    choices: list[tuple[str, str | list[Choice]]] = []
    for group in offered_groups(chosen):
        own = [(each.topic.code, each.topic.title) for each in group.branches]
        choices += [(group.title, own)] if group.title else own
    return choices


def flat_choices(chosen: Collection[int | str | None] = ()) -> list[Choice]:
    """The same one under another, each with what stands above it."""
    found = (each for group in offered_groups(chosen) for each in group.branches)
    return [(each.topic.code, each.whole_title) for each in found]


def choosable_topics(chosen: Collection[int | str | None] = ()) -> QuerySet[Topic]:
    """The same as rows, for a field that checks what was sent."""
    shown = [each.topic.pk for group in offered_groups(chosen) for each in group.branches]
    return Topic.objects.filter(pk__in=shown)


def borrowers_topics() -> list[Topic]:
    """What borrowers choose from: a topic with others under it too, which an agent makes more exact later."""
    return [each.topic for each in branches() if each.topic.is_offered and not each.is_hidden]


def why_not_finished_with(topic: Topic | None) -> str:
    """Why a ticket is not finished with this topic: ``none``, ``archived``, ``parent``, or nothing."""
    if topic is None:
        return "none"
    branch = next(each for each in branches() if each.topic == topic)
    return "archived" if branch.is_hidden else "" if branch.is_leaf else "parent"


def parents() -> dict[int, int | None]:
    return dict(Topic.objects.values_list("pk", "parent_id"))


def unfinished_by_topic() -> dict[int | None, int]:
    """How many tickets of each topic are not finished."""
    unfinished = Ticket.objects.exclude(status=Ticket.Status.RESOLVED).values_list("topic").annotate(n=Count("pk"))
    return dict(unfinished)


def versions_of(topic: Topic) -> list[TopicVersion]:
    return list(topic.versions.select_related("changed_by", "parent"))


def skill_rule_of(topic: Topic) -> SkillRule | None:
    return SkillRule.objects.filter(topic=topic).first()


def topic_row(topic_id: int) -> Topic | None:
    return Topic.objects.select_related("parent").filter(pk=topic_id).first()


def topic_named(code: str) -> Topic | None:
    return Topic.objects.filter(code=code).first() if code else None


def _is_among(branch: Branch, chosen: Collection[int | str | None]) -> bool:
    return branch.topic.pk in chosen or branch.topic.code in chosen
