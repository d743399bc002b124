"""A reviewer's judgement, beside what the checks found: drafted, submitted, acknowledged, and never changed unseen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.errors import NotAllowed
from identity.models import User
from quality.actions.incidents import settle_by_review
from quality.errors import ChangedMeanwhile, PeriodClosed, ReviewIncomplete, ReviewSettled
from quality.models import (
    CalibrationSession,
    Criterion,
    Rating,
    Review,
    ReviewRevision,
    ReviewTask,
    Score,
)
from quality.queries.periods import is_closed
from quality.queries.reviews import asked_of, holds_evidence, marks_of, state_of
from quality.queries.scores import answers_of, criteria_of
from quality.rules.ratings import Given, problems_of, review_score

CHANGEABLE = {Review.Status.DRAFT, Review.Status.SUBMITTED}
COUNTING = {Review.Source.MANUAL, Review.Source.MYSTERY}


@dataclass(frozen=True)
class Filled:
    """A card as it was filled in, by criterion."""

    given: Mapping[int, Given] = field(default_factory=dict)
    comment: str = ""
    seconds: int | None = None


@transaction.atomic
def open_review(
    *,
    of: Score,
    reviewer: User,
    source: str = Review.Source.MANUAL,
    session: CalibrationSession | None = None,
    task: ReviewTask | None = None,
) -> Review:
    """The reviewer's review of this conversation, begun as a draft when there is none yet."""
    same = {"score": of, "reviewer": reviewer, "source": source, "session": session}
    known = Review.objects.filter(**same).first()
    if known is not None:
        return known
    draft = Review(
        **same,
        agent=of.agent,
        task=task,
        status=Review.Status.DRAFT,
        submitted_at=None,
        is_blind=bool((task and task.is_blind) or (session and session.is_blind)),
        counts=source in COUNTING,
    )
    Review.objects.bulk_create([draft], ignore_conflicts=True)
    return Review.objects.get(**same)


@transaction.atomic
def save_draft(*, review: Review, entries: Mapping[str, Any], edition: int) -> Review:
    """Keep what is typed so far. Whoever saves over another window's words is told, and nothing is lost."""
    review = _locked(review)
    if not _may_change(review):
        raise ReviewSettled
    if review.edition != edition:
        raise ChangedMeanwhile
    kept = review.draft or {}
    ratings = {**kept.get("ratings", {}), **entries.get("ratings", {})}
    review.draft = {**kept, **{key: value for key, value in entries.items() if key != "ratings"}, "ratings": ratings}
    review.edition += 1
    review.save(update_fields=["draft", "edition"])
    return review


@transaction.atomic
def submit_review(*, review: Review, filled: Filled) -> Review:
    """Make the card the review; until the agent answered it may be submitted anew, and what it was is kept."""
    review = _locked(review)
    if not _may_change(review):
        raise ReviewSettled
    if is_closed(review):
        raise PeriodClosed
    before = state_of(review) if review.status == Review.Status.SUBMITTED else None
    _write(review, filled)
    review.status, review.submitted_at = Review.Status.SUBMITTED, timezone.now()
    review.draft, review.edition = {}, review.edition + 1
    if filled.seconds is not None:
        review.seconds = filled.seconds
    review.save()
    if before is not None:
        ReviewRevision.objects.create(review=review, before=before, reason="", by=review.reviewer)
    _finish_task(review)
    if review.counts:
        settle_by_review(review=review)
    _audit("review_submitted" if before is None else "review_changed", review, review.reviewer, before)
    return review


@transaction.atomic
def rewrite_review(*, review: Review, filled: Filled, by: User, reason: str, agreed_by: User | None = None) -> Review:
    """Change a settled review, as a dispute decided or two people agreed; what it was is kept beside."""
    review = _locked(review)
    if agreed_by is None and is_closed(review):
        raise PeriodClosed
    before = state_of(review)
    _write(review, filled)
    review.save(update_fields=["value", "is_critical", "comment"])
    ReviewRevision.objects.create(review=review, before=before, reason=reason, by=by, agreed_by=agreed_by)
    _audit("review_rescored", review, by, before)
    return review


@transaction.atomic
def acknowledge_review(*, review: Review, by: User) -> Review:
    """The agent has read it and agrees."""
    review = _locked(review)
    if review.agent_id != by.pk:
        raise NotAllowed
    if review.status == Review.Status.ACKNOWLEDGED:
        return review
    if review.status != Review.Status.SUBMITTED:
        raise ReviewSettled
    review.status, review.acknowledged_at = Review.Status.ACKNOWLEDGED, timezone.now()
    review.save(update_fields=["status", "acknowledged_at"])
    record_audit(code="review_acknowledged", actor=by, object_kind="review", object_id=review.pk)
    return review


def check_filled(*, review: Review, filled: Filled) -> None:
    """Complains of all that a card lacks at once."""
    criteria = {criterion.pk: criterion for criterion in criteria_of(review.score)}
    given = {pk: one for pk, one in filled.given.items() if pk in criteria}
    problems = {pk: missing for pk, one in given.items() if (missing := _problems(criteria[pk], one, review.score))}
    if problems:
        raise ReviewIncomplete(problems)


def filled_as_it_is(review: Review) -> Filled:
    """The review as a card, to be changed in a few places and written anew."""
    given = {
        rating.criterion_id: Given(
            value=None if rating.value is None else float(rating.value),
            root_cause=rating.root_cause,
            comment=rating.comment,
            evidence=tuple(rating.evidence),
        )
        for rating in review.ratings.all()
    }
    return Filled(given=given, comment=review.comment)


def _locked(review: Review) -> Review:
    of_score = ("score__version", "score__conversation")
    related = Review.objects.select_related(*of_score, "reviewer", "agent", "task", "session")
    return related.select_for_update(of=("self",), no_key=True).get(pk=review.pk)


def _may_change(review: Review) -> bool:
    """A card of a calibration is sent once, while the session is under way: afterwards others' answers may be seen."""
    if review.session is None:
        return review.status in CHANGEABLE
    is_open = review.session.status == CalibrationSession.Status.OPEN
    return is_open and review.status == Review.Status.DRAFT


def _write(review: Review, filled: Filled) -> None:
    """The ratings and the score they make."""
    check_filled(review=review, filled=filled)
    criteria = {criterion.pk: criterion for criterion in criteria_of(review.score)}
    given = {pk: one for pk, one in filled.given.items() if pk in criteria}
    checked = answers_of(review.score)
    review.ratings.all().delete()
    Rating.objects.bulk_create(
        Rating(
            review=review,
            criterion=criteria[pk],
            value=None if one.value is None else Decimal(str(round(one.value, 3))),
            root_cause=one.root_cause,
            comment=one.comment,
            evidence=[dict(span) for span in one.evidence],
            checks_verdict=checked.get(pk, ""),
        )
        for pk, one in given.items()
    )
    marks = marks_of(criteria, given, {} if review.is_blind else checked)
    result = review_score(marks, policy=review.score.version.critical_policy)
    review.value = None if result.value is None else Decimal(result.value).quantize(Decimal("0.01"))
    review.is_critical, review.comment = result.is_critical, filled.comment


def _problems(criterion: Criterion, one: Given, score: Score) -> list[str]:
    found = problems_of(asked_of(criterion), one)
    if one.evidence and not holds_evidence(score.conversation, one.evidence):
        found.append("evidence")
    return found


def _finish_task(review: Review) -> None:
    task = review.task
    if task is not None and task.status == ReviewTask.Status.WAITING:
        task.status, task.done_at = ReviewTask.Status.DONE, timezone.now()
        task.save(update_fields=["status", "done_at"])


def _audit(code: str, review: Review, by: User, before: Mapping[str, Any] | None) -> None:
    machine = None if review.score.value is None else str(review.score.value)
    record_audit(
        code=code,
        actor=by,
        object_kind="score",
        object_id=review.score_id,
        review=review.pk,
        before=before["value"] if before else machine,
        value=None if review.value is None else str(review.value),
    )
