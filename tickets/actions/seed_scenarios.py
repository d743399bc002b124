"""The first version of a topic's scenario, as a new desk begins with it."""

from collections.abc import Sequence

from django.utils import timezone

from tickets.actions.seed_topics import StepText
from tickets.models import Scenario, ScenarioStep, ScenarioVersion, Topic


def seed_scenario(*, topic: Topic, steps: Sequence[StepText]) -> ScenarioVersion:
    """Version 1, in force at once: plain steps, one after another."""
    scenario = Scenario.objects.create(topic=topic)
    version = ScenarioVersion.objects.create(scenario=scenario, number=1)
    ScenarioStep.objects.bulk_create(_step(version, place, step) for place, step in enumerate(steps, 1))
    version.published_at = timezone.now()
    version.save(update_fields=["published_at"])
    return version


def _step(version: ScenarioVersion, place: int, step: StepText) -> ScenarioStep:
    texts = {"text_ru": step.ru, "text_en": step.en, "hint_ru": step.hint_ru, "hint_en": step.hint_en}
    return ScenarioStep(version=version, position=place, **texts)
