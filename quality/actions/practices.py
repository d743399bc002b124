"""Trying a new way of working, and saying whether it works."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from statistics import fmean
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.actions import standards
from quality.errors import PracticeSettled
from quality.models import Practice, PracticeAdoption, PracticeEffect, StandardVersion
from quality.queries.practices import adoption_by_agent, scores_of_day, shows, values_by_agent
from quality.queries.standards import draft_of, in_force_of, standard_by_code, text_of
from quality.rules.practices import Windows, windows
from quality.rules.standards import CriterionText
from quality.rules.statistics import effects
from quality.rules.statistics.estimates import Estimate

Status = Practice.Status
NEXT = {
    Status.IDEA: {Status.PILOT, Status.REJECTED},
    Status.PILOT: {Status.ROLLED_OUT, Status.REJECTED},
    Status.ROLLED_OUT: {Status.STANDARD, Status.REJECTED},
}


@transaction.atomic
def propose_practice(*, by: User, treated: list[User], control: list[User], **said: Any) -> Practice:
    """Write a practice down with its hypothesis before anybody tries it."""
    practice = Practice.objects.create(owner=by, **said)
    practice.treated.set(treated)
    practice.control.set(control)
    record_audit(code="practice_proposed", actor=by, object_kind="practice", object_id=practice.pk)
    return practice


@transaction.atomic
def move_practice(*, practice: Practice, to: str, by: User) -> Practice:
    """On to the next state. A pilot begins today unless its roll-out was dated; raises ``PracticeSettled``."""
    practice = Practice.objects.select_for_update(of=("self",)).get(pk=practice.pk)
    if to not in NEXT.get(Status(practice.status), set()):
        raise PracticeSettled
    if to == Status.PILOT and practice.rollout_at is None:
        practice.rollout_at = timezone.now()
    practice.status = to
    practice.save(update_fields=["status", "rollout_at"])
    record_audit(code="practice_moved", actor=by, object_kind="practice", object_id=practice.pk, to=to)
    return practice


@transaction.atomic
def count_adoption(*, practice: Practice, day: date) -> int:
    """How many eligible conversations of each agent showed it that day; counted anew it gives the same rows."""
    counts: dict[User, list[int]] = {}
    for score in scores_of_day(practice, day):
        if score.agent is not None:
            count = counts.setdefault(score.agent, [0, 0])
            count[0] += 1
            count[1] += shows(practice, score)
    PracticeAdoption.objects.filter(practice=practice, day=day).delete()
    PracticeAdoption.objects.bulk_create(
        PracticeAdoption(practice=practice, agent=agent, day=day, eligible=eligible, adopted=adopted)
        for agent, (eligible, adopted) in counts.items()
    )
    return sum(eligible for eligible, _ in counts.values())


@transaction.atomic
def evaluate(*, practice: Practice) -> PracticeEffect | None:
    """Measure the effect so far: the change of the treated against that of the control, agent by agent.

    None before a week has passed since the roll-out. Each measurement stays, so that nobody can choose among them.
    """
    if practice.rollout_at is None:
        return None
    spans = windows(timezone.localdate(practice.rollout_at), timezone.localdate())
    return None if spans is None else _measured(practice, spans)


def _measured(practice: Practice, spans: Windows) -> PracticeEffect:
    arms = [list(practice.treated.all()), list(practice.control.all())]
    changes = [_changes(practice, arm, spans.before, spans.after) for arm in arms]
    found = effects.effect_of_changes(*(list(one.values()) for one in changes))
    trend = effects.effect_of_changes(
        *(list(_changes(practice, arm, spans.early, spans.late).values()) for arm in arms)
    )
    upwards = practice.direction == Practice.Direction.UP
    word = effects.verdict(found, upwards=upwards, min_effect=practice.min_effect, pretrend_p=trend.p)
    adoption = adoption_by_agent(practice, spans.after)
    shares = [fmean(adoption.get(agent, 0.0) for agent in one) if one else 0.0 for one in changes]
    return PracticeEffect.objects.create(
        practice=practice,
        window_from=_start(spans.before[0]),
        window_to=_start(spans.after[1] + timedelta(days=1)),
        method=found.estimate.method,
        estimate=found.estimate.value,
        lo=found.estimate.lo,
        hi=found.estimate.hi,
        n_treated=found.n_treated,
        n_control=found.n_control,
        pretrend_p=trend.p,
        verdict=str(word),
        details={
            "adoption": shares,
            "adjusted": _plain(effects.adoption_adjusted(found, shares[0] - shares[1])),
            "agents_needed": _needed(practice, [*changes[0].values(), *changes[1].values()]),
            "changes": [{str(agent): round(value, 4) for agent, value in one.items()} for one in changes],
        },
    )


def _changes(
    practice: Practice, arm: list[User], before: tuple[date, date], after: tuple[date, date]
) -> dict[UUID, float]:
    """mean(after) − mean(before) of each agent who has both."""
    early, late = (values_by_agent(practice, arm, window) for window in (before, after))
    return {agent: late[agent] - early[agent] for agent in early if agent in late}


def _needed(practice: Practice, changes: list[float]) -> int | None:
    """Agents an arm that would show the minimal effect in four of five cases, from these agents' own spread.

    The spread of agents' changes already holds that of their dialogs, so none is added.
    """
    if len(changes) < 2:
        return None
    mean = fmean(changes)
    drift = (sum((one - mean) ** 2 for one in changes) / (len(changes) - 1)) ** 0.5
    if not drift or not practice.min_effect:
        return None
    return effects.agents_needed(abs(practice.min_effect), dialogs=1, drift=drift, spread=0)


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _plain(estimate: Estimate | None) -> dict[str, float | None] | None:
    return None if estimate is None else {"value": estimate.value, "lo": estimate.lo, "hi": estimate.hi}


@transaction.atomic
def make_standard(*, practice: Practice, code: str, text_ru: str, text_en: str, by: User) -> StandardVersion:
    """Put an accepted practice into the draft of the standard as a criterion of weight 0, for somebody to weigh.

    A draft that is being written gets it at the end of its last section; otherwise the version in force is cloned.
    """
    practice = move_practice(practice=practice, to=Status.STANDARD, by=by)
    standard = standard_by_code("service")
    assert standard is not None
    draft = draft_of(standard)
    if draft is None:
        in_force = in_force_of(standard)
        assert in_force is not None
        draft = standards.clone(version=in_force, by=by)
    text = text_of(draft)
    checks = ({"code": practice.detection["value"], "parameters": {}},) if _is_check(practice) else ()
    criterion = CriterionText(code=code, text_ru=text_ru, text_en=text_en, weight=0, checks=checks)
    *others, last = text.sections
    changed = replace(text, sections=(*others, replace(last, criteria=(*last.criteria, criterion))))
    return standards.save_draft(version=draft, text=changed, seen=text.sha256, by=by)


def _is_check(practice: Practice) -> bool:
    return practice.detection.get("kind") == "check"
