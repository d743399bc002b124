"""Scenarios as they are written: one draft over what holds, published when it can be followed to an end; audited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from tickets.errors import Invalid, ScenarioUnfinished
from tickets.models import Scenario, ScenarioChoice, ScenarioStep, ScenarioVersion, Topic
from tickets.queries.scenarios import read_wording
from tickets.rules.scenarios import problems_of

COPIED = (
    "key", "position", "kind", "text_ru", "text_en", "hint_ru", "hint_en", "answer_id", "control", "level",
    "is_obligatory", "goes_to",
)  # fmt: skip


@dataclass(frozen=True)
class ChoiceText:
    """An answer to a question as it is written; ``goes_to`` as that of a step."""

    ru: str
    en: str
    goes_to: int | None = None


@transaction.atomic
def begin_draft(*, topic: Topic, by: User) -> ScenarioVersion:
    """A draft that says what holds now, with the same keys; the one there is, if somebody has begun it."""
    Scenario.objects.get_or_create(topic=topic)
    scenario = Scenario.objects.select_for_update().get(topic=topic)
    known = scenario.versions.filter(published_at=None).first()
    if known:
        return known
    newest = scenario.versions.first()
    draft = ScenarioVersion.objects.create(scenario=scenario, number=(newest.number if newest else 0) + 1, begun_by=by)
    if newest:
        for row in read_wording(newest.pk).rows:
            _copy(row, draft)
    _write_down("scenario.draft_begun", draft, by)
    return draft


@transaction.atomic
def save_step(*, draft: ScenarioVersion, step: ScenarioStep, choices: Sequence[ChoiceText], by: User) -> ScenarioStep:
    """A new step, which stands last, or a changed one; its answers are these from now on."""
    draft = _locked(draft)
    if step.pk is None:
        step.version = draft
        step.position = (draft.steps.aggregate(last=Max("position"))["last"] or 0) + 1
    elif step.version_id != draft.pk:
        raise Invalid("not_a_draft")
    step.save()
    step.choices.all().delete()
    ScenarioChoice.objects.bulk_create(
        ScenarioChoice(step=step, position=place, text_ru=each.ru, text_en=each.en, goes_to=each.goes_to)
        for place, each in enumerate(choices, 1)
    )
    _write_down("scenario.step_saved", draft, by, step=step.key)
    return step


@transaction.atomic
def raise_step(*, draft: ScenarioVersion, step: ScenarioStep, by: User) -> None:
    """One place earlier."""
    _swap(_locked(draft), step, -1, by)


@transaction.atomic
def lower_step(*, draft: ScenarioVersion, step: ScenarioStep, by: User) -> None:
    """One place later."""
    _swap(_locked(draft), step, +1, by)


@transaction.atomic
def remove_step(*, draft: ScenarioVersion, step: ScenarioStep, by: User) -> None:
    """Whatever led to it leads nowhere now; that is said before it can be published."""
    draft = _locked(draft)
    _write_down("scenario.step_removed", draft, by, step=step.key)
    draft.steps.filter(key=step.key).delete()


@transaction.atomic
def discard_draft(*, draft: ScenarioVersion, by: User) -> None:
    draft = _locked(draft)
    _write_down("scenario.draft_discarded", draft, by)
    draft.delete()


@transaction.atomic
def publish_draft(*, draft: ScenarioVersion, note: str, by: User) -> ScenarioVersion:
    """It holds for tickets that begin from now on, and never changes again.

    Raises ``ScenarioUnfinished`` while it cannot be followed from its first step to an end.
    """
    draft = _locked(draft)
    if problems := problems_of(read_wording(draft.pk).steps):
        raise ScenarioUnfinished(problems)
    draft.note, draft.published_by, draft.published_at = note.strip(), by, timezone.now()
    draft.save(update_fields=["note", "published_by", "published_at"])
    _write_down("scenario.published", draft, by)
    return draft


def _locked(draft: ScenarioVersion) -> ScenarioVersion:
    locked = ScenarioVersion.objects.select_for_update().filter(pk=draft.pk, published_at=None).first()
    if locked is None:
        raise Invalid("not_a_draft")
    return locked


def _copy(row: ScenarioStep, draft: ScenarioVersion) -> None:
    copy = ScenarioStep.objects.create(version=draft, **{name: getattr(row, name) for name in COPIED})
    ScenarioChoice.objects.bulk_create(
        ScenarioChoice(
            step=copy, position=each.position, text_ru=each.text_ru, text_en=each.text_en, goes_to=each.goes_to
        )
        for each in row.choices.all()
    )


def _swap(draft: ScenarioVersion, step: ScenarioStep, by_places: int, by: User) -> None:
    order = list(draft.steps.all())
    here = next((at for at, each in enumerate(order) if each.key == step.key), None)
    if here is None or not 0 <= here + by_places < len(order):
        return
    order[here], order[here + by_places] = order[here + by_places], order[here]
    for place, each in enumerate(order, 1):
        each.position = place
    ScenarioStep.objects.bulk_update(order, ["position"])
    _write_down("scenario.step_moved", draft, by, step=step.key)


def _write_down(code: str, version: ScenarioVersion, by: User, **detail: Any) -> None:
    topic = version.scenario.topic.code
    record_audit(code=code, actor=by, object_kind="scenario", object_id=topic, version=version.number, **detail)
