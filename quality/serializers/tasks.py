"""A review task in a list and over the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quality.models import ReviewTask
from quality.serializers.queue import topic_of
from quality.serializers.review_words import plan_tag


@dataclass(frozen=True)
class TaskRow:
    score: int
    agent: str
    topic: str
    assignee: str
    due_at: datetime | None
    is_late: bool
    tag: str
    chance: float | None


def task_row(task: ReviewTask, now: datetime) -> TaskRow:
    return TaskRow(
        score=task.score_id,
        agent=task.score.agent.full_name if task.score.agent else "",
        topic=topic_of(task.score),
        assignee=task.assignee.full_name if task.assignee else "",
        due_at=task.due_at,
        is_late=task.due_at is not None and task.due_at < now,
        tag=plan_tag(task.plan.kind) if task.plan else "",
        chance=None if task.inclusion_probability is None else 100 * task.inclusion_probability,
    )


def task_json(task: ReviewTask) -> dict[str, Any]:
    return {
        "id": task.pk,
        "score": task.score_id,
        "conversation": str(task.score.conversation_id),
        "plan": task.plan.kind if task.plan else None,
        "inclusion_probability": task.inclusion_probability,
        "is_blind": task.is_blind,
        "due_at": task.due_at.isoformat() if task.due_at else None,
    }
