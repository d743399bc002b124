"""Scenarios for those who keep them: by topic, what holds, what is being written, and every version there was."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tickets.access import supervisor_of
from tickets.errors import NotVisible
from tickets.models import ScenarioStep, ScenarioVersion, Topic

RELATED = ("scenario__topic", "begun_by", "published_by")


@dataclass(frozen=True)
class TopicRow:
    """A topic with the version that holds and the draft over it, each with ``steps`` counted, if there are any."""

    topic: Topic
    held: ScenarioVersion | None
    draft: ScenarioVersion | None


def topic_rows() -> list[TopicRow]:
    """In the order of the topics."""
    held: dict[int, ScenarioVersion] = {}
    drafts: dict[int, ScenarioVersion] = {}
    versions = ScenarioVersion.objects.select_related(*RELATED).annotate(size=Count("steps"))
    for version in versions.order_by("number"):
        (held if version.published_at else drafts)[version.scenario.topic_id] = version
    return [TopicRow(topic, held.get(topic.pk), drafts.get(topic.pk)) for topic in Topic.objects.all()]


def scenario_topic_for(user: object, code: str) -> Topic:
    """The topic whose scenario a supervisor reads or an administrator writes."""
    supervisor_of(user)
    topic = Topic.objects.filter(code=code).first()
    if topic is None:
        raise NotVisible
    return topic


def versions_of(topic: Topic) -> QuerySet[ScenarioVersion]:
    """All of them, the draft too, the newest first."""
    versions = ScenarioVersion.objects.filter(scenario__topic=topic).select_related(*RELATED)
    return versions.annotate(runs_count=Count("runs")).order_by("-number")


def version_for(topic: Topic, number: int) -> ScenarioVersion:
    version = versions_of(topic).filter(number=number).first()
    if version is None:
        raise NotVisible
    return version


def draft_for(topic: Topic) -> ScenarioVersion:
    draft = versions_of(topic).filter(published_at=None).first()
    if draft is None:
        raise NotVisible
    return draft


def step_for(draft: ScenarioVersion, key: int) -> ScenarioStep:
    step = draft.steps.prefetch_related("choices").filter(key=key).first()
    if step is None:
        raise NotVisible
    return step
