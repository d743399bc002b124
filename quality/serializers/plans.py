"""A sampling plan with its settings in words and what came of it."""

from dataclasses import dataclass
from typing import Any

from quality.models import SamplingPlan
from quality.serializers.review_words import PLAN_SETTINGS, plan_words


@dataclass(frozen=True)
class Field:
    name: str
    words: str
    value: Any
    step: str


@dataclass(frozen=True)
class PlanCard:
    plan: SamplingPlan
    title: str
    words: str
    fields: list[Field]
    reviewers: set[Any]
    waiting: int
    done: int


def plan_card(plan: Any) -> PlanCard:
    """``plan`` is one of ``plans_with_counts``."""
    fields = [
        Field(name, str(PLAN_SETTINGS[name]), f"{float(value):g}", "0.01" if "share" in name else "1")
        for name, value in plan.settings.items()
        if name in PLAN_SETTINGS
    ]
    return PlanCard(
        plan=plan,
        title=plan.title or plan.get_kind_display(),
        words=plan_words(plan.kind),
        fields=fields,
        reviewers={person.pk for person in plan.reviewers.all()},
        waiting=plan.waiting,
        done=plan.done,
    )
