"""Drawing conversations for review, and setting the plans that draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import SamplingRefused
from quality.models import ReviewTask, SamplingPlan
from quality.queries.candidates import candidates_of, reviewers_barred
from quality.queries.reviews import in_workdays
from quality.queries.tasks import load_of, reviewers_of
from quality.rules.sampling_plans import Drawn, assign_evenly, draw

FIRST = timedelta(days=7)  # how far back a plan looks when it draws for the first time
BLIND = {SamplingPlan.Kind.CHECKS, SamplingPlan.Kind.SECOND}
DUE = {SamplingPlan.Kind.RISK: 2}  # working days
DUE_USUALLY = 5
LIMITS: dict[str, tuple[float, float]] = {
    "per_agent": (0, 200),
    "per_stratum": (0, 100),
    "top_share": (0, 1),
    "most": (0, 500),
    "mads": (1, 10),
    "first_week_share": (0, 1),
    "first_month": (0, 200),
    "flagged": (0, 500),
    "unflagged": (0, 500),
    "share": (0, 1),
}
DEFAULTS: tuple[tuple[str, dict[str, float]], ...] = (  # half at least comes from the first one
    (SamplingPlan.Kind.RANDOM, {"per_agent": 5}),
    (SamplingPlan.Kind.STRATIFIED, {"per_stratum": 1}),
    (SamplingPlan.Kind.RISK, {"top_share": 0.05, "most": 2}),
    (SamplingPlan.Kind.OUTLIERS, {"mads": 3, "most": 1}),
    (SamplingPlan.Kind.NEW_AGENTS, {"first_week_share": 1, "first_month": 10}),
    (SamplingPlan.Kind.CHECKS, {"flagged": 20, "unflagged": 20}),
    (SamplingPlan.Kind.SECOND, {"share": 0.05}),
)
OFF_AT_FIRST = {SamplingPlan.Kind.STRATIFIED, SamplingPlan.Kind.CHECKS}


@dataclass(frozen=True)
class Settings:
    """What a supervisor may change of a plan."""

    title: str
    settings: dict[str, float]
    is_active: bool
    reviewers: tuple[User, ...] = ()


@transaction.atomic
def draw_plan(*, plan: SamplingPlan, by: User | None = None) -> list[ReviewTask]:
    """Draw from what ended since the plan last drew; a second time on the same day it only tells what it drew."""
    plan = SamplingPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    now = timezone.now()
    today = timezone.localdate(now)
    if plan.drawn_at is not None and timezone.localdate(plan.drawn_at) == today:
        return list(plan.tasks.filter(drawn_at=plan.drawn_at))
    candidates = candidates_of(plan, plan.drawn_at or now - FIRST, now)
    drawn = draw(plan.kind, candidates, plan.settings, seed=f"{plan.seed}:{today.isoformat()}")
    tasks = _keep(plan, drawn, now)
    plan.drawn_at = now
    plan.save(update_fields=["drawn_at"])
    if by is not None:
        record_audit(code="plan_drawn", actor=by, object_kind="plan", object_id=plan.pk, drawn=len(tasks))
    return tasks


@transaction.atomic
def set_plan(*, plan: SamplingPlan, to: Settings, by: User) -> SamplingPlan:
    """Change a plan; what it drew before stays with the chances of then."""
    plan = SamplingPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    for name, value in to.settings.items():
        least, most = LIMITS.get(name, (1, 0))
        if not least <= value <= most:
            raise SamplingRefused
    before = {"settings": plan.settings, "is_active": plan.is_active}
    plan.title, plan.is_active = to.title.strip()[:120], to.is_active
    plan.settings = {**plan.settings, **to.settings}
    plan.save(update_fields=["title", "is_active", "settings"])
    plan.reviewers.set(to.reviewers)
    after = {"settings": plan.settings, "is_active": plan.is_active}
    record_audit(code="plan_changed", actor=by, object_kind="plan", object_id=plan.pk, before=before, after=after)
    return plan


@transaction.atomic
def seed_default_plans() -> None:
    """The seven plans of a fresh desk; one that has any is left as it is."""
    if SamplingPlan.objects.exists():
        return
    for seed, (kind, settings) in enumerate(DEFAULTS, start=1):
        SamplingPlan.objects.create(kind=kind, settings=settings, seed=seed, is_active=kind not in OFF_AT_FIRST)


def _keep(plan: SamplingPlan, drawn: Iterable[Drawn], now: datetime) -> list[ReviewTask]:
    drawn = list(drawn)
    reviewers = reviewers_of(plan)
    people = {str(person.pk): person for person in reviewers}
    barred = reviewers_barred([one.id for one in drawn], is_second=plan.kind == SamplingPlan.Kind.SECOND)
    chosen = assign_evenly([one.id for one in drawn], list(people), load=load_of(reviewers), barred=barred)
    due_at = in_workdays(now, DUE.get(SamplingPlan.Kind(plan.kind), DUE_USUALLY))
    tasks = [
        ReviewTask(
            plan=plan,
            score_id=one.id,
            assignee=people.get(chosen[one.id] or ""),
            inclusion_probability=one.probability,
            why=dict(one.why),
            is_blind=plan.kind in BLIND,
            due_at=due_at,
            drawn_at=now,
        )
        for one in drawn
    ]
    return ReviewTask.objects.bulk_create(tasks, ignore_conflicts=True)
