"""Reviews for pages and actions: whose they are, what their ratings have to satisfy, and how they stand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from chat.models import Conversation
from identity.models import User
from quality.models import Criterion, Review, ReviewTask, SamplingPlan, Score
from quality.rules.ratings import Asked, Given, Mark, options_of, value_of
from quality.rules.workdays import after_workdays
from tickets.queries.promises import promises

DAYS_TO_ANSWER = 5  # working days an agent has to acknowledge or dispute
SHOWN = (Review.Source.MANUAL, Review.Source.MYSTERY)


def asked_of(criterion: Criterion) -> Asked:
    return Asked(
        options=options_of(criterion.points, criterion.scale),
        may_be_na=criterion.may_be_na,
        needs_proof=criterion.is_critical or criterion.is_major,
        causes=frozenset(cause["code"] for cause in criterion.root_causes),
    )


def holds_evidence(conversation: Conversation, evidence: Iterable[Mapping[str, int]]) -> bool:
    """Whether every span lies inside a message of this conversation."""
    spans = list(evidence)
    entries = conversation.entries.filter(seq__in={span["seq"] for span in spans})
    lengths = dict(entries.values_list("seq", "body"))
    return all(
        span["seq"] in lengths and 0 <= span["start"] <= span["end"] <= len(lengths[span["seq"]]) for span in spans
    )


def state_of(review: Review) -> dict[str, Any]:
    """A review as it stands, to be kept before it changes."""
    return {
        "value": None if review.value is None else str(review.value),
        "is_critical": review.is_critical,
        "agent": str(review.agent_id or ""),
        "comment": review.comment,
        "ratings": {
            str(rating.criterion_id): {
                "value": None if rating.value is None else str(rating.value),
                "root_cause": rating.root_cause,
                "comment": rating.comment,
                "evidence": rating.evidence,
            }
            for rating in review.ratings.all()
        },
    }


def submitted(reviews: QuerySet[Review]) -> QuerySet[Review]:
    return reviews.exclude(status=Review.Status.DRAFT)


def shown_review(score: Score) -> Review | None:
    """The newest review that counts, submitted: what the agent sees."""
    found = submitted(score.reviews.filter(source__in=SHOWN)).select_related("reviewer").prefetch_related("ratings")
    return found.order_by("-submitted_at", "-pk").first()


def own_review(score: Score, reviewer: User, source: str) -> Review | None:
    """The reviewer's own one, draft or not."""
    own = score.reviews.filter(reviewer=reviewer, source=source, session=None)
    return own.select_related("reviewer", "task").prefetch_related("ratings").first()


def previous_review(score: Score, agent: User | None) -> Review | None:
    """The last review of the same agent before this conversation's."""
    if agent is None:
        return None
    others = submitted(Review.objects.filter(agent=agent, counts=True)).exclude(score__conversation=score.conversation)
    return others.select_related("score__conversation__ticket__topic", "reviewer").order_by("-submitted_at").first()


def waiting_task(score: Score, reviewer: User) -> ReviewTask | None:
    """Why this reviewer is to look at this conversation, if a plan said so."""
    own = Q(assignee=reviewer) | Q(assignee__isnull=True)
    tasks = ReviewTask.objects.filter(own, score__conversation=score.conversation).select_related("plan")
    return tasks.order_by("-status", "due_at", "pk").first()


def source_of(task: ReviewTask | None) -> str:
    """A review for a plan of second reviews is a second one; every other is the review."""
    is_second = task is not None and task.plan is not None and task.plan.kind == SamplingPlan.Kind.SECOND
    return Review.Source.SECOND if is_second else Review.Source.MANUAL


def answer_by(review: Review) -> datetime | None:
    """Until when the agent may acknowledge or dispute."""
    return in_workdays(review.submitted_at, DAYS_TO_ANSWER) if review.submitted_at else None


def in_workdays(at: datetime, days: int) -> datetime:
    """The end of the n-th working day of this desk."""
    return after_workdays(at, days, workdays=promises().week.hours, zone=ZoneInfo(settings.TIME_ZONE))


def marks_of(criteria: Mapping[int, Criterion], given: Mapping[int, Given], checked: Mapping[int, Any]) -> list[Mark]:
    """Where the reviewer says nothing, the checks' answer stands, unless the reviewer was not to see it."""
    return [
        Mark(
            weight=criterion.weight,
            value=given[pk].value if pk in given else value_of(checked.get(pk)),
            is_critical=criterion.is_critical,
            is_confirmed=pk in given,
        )
        for pk, criterion in criteria.items()
    ]
