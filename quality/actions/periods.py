"""Closing a month of reviews, and changing one of them afterwards: with a reason, and by two people."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.errors import NotAllowed
from identity.models import User
from quality.actions.reviews import Filled, check_filled, rewrite_review
from quality.errors import LateChangeDone, PeriodNotReady, WordsMissing
from quality.models import ClosedPeriod, LateChange, Review
from quality.queries.periods import is_closed, unsettled
from quality.rules.ratings import Given


@transaction.atomic
def close_month(*, month: date, by: User) -> ClosedPeriod:
    """From here on its reviews are settled. Not before it is over, nor while anything of it waits or is disputed."""
    first = month.replace(day=1)
    if first >= timezone.localdate().replace(day=1):
        raise PeriodNotReady("month")
    if unsettled(first):
        raise PeriodNotReady("waiting")
    closed, is_new = ClosedPeriod.objects.get_or_create(month=first, defaults={"closed_by": by})
    if not is_new:
        raise PeriodNotReady("closed")
    record_audit(code="period_closed", actor=by, object_kind="period", object_id=closed.pk, month=first.isoformat())
    return closed


@transaction.atomic
def ask_late_change(*, review: Review, filled: Filled, reason: str, by: User) -> LateChange:
    """Propose another card for a review of a closed month; nothing changes until a second person agrees."""
    if review.agent_id == by.pk:
        raise NotAllowed
    if not is_closed(review):
        raise PeriodNotReady("open")
    if not reason.strip():
        raise WordsMissing
    check_filled(review=review, filled=filled)
    change = LateChange.objects.create(review=review, proposed=_plain(filled), reason=reason.strip(), asked_by=by)
    record_audit(code="late_change_asked", actor=by, object_kind="review", object_id=review.pk, change=change.pk)
    return change


@transaction.atomic
def decide_late_change(*, change: LateChange, by: User, is_agreed: bool) -> LateChange:
    """The second person: agreed, the review is written anew and what it was is kept; refused, it stands."""
    change = LateChange.objects.select_for_update(of=("self",), no_key=True).get(pk=change.pk)
    if change.decided_at is not None:
        raise LateChangeDone
    if by.pk in {change.asked_by_id, change.review.agent_id}:
        raise NotAllowed
    change.decided_by, change.decided_at, change.is_agreed = by, timezone.now(), is_agreed
    change.save(update_fields=["decided_by", "decided_at", "is_agreed"])
    if is_agreed:
        _apply(change)
    code = "late_change_agreed" if is_agreed else "late_change_refused"
    record_audit(code=code, actor=by, object_kind="review", object_id=change.review_id, change=change.pk)
    return change


def _apply(change: LateChange) -> None:
    review = rewrite_review(
        review=change.review,
        filled=_filled(change.proposed),
        by=change.asked_by,
        reason=change.reason,
        agreed_by=change.decided_by,
    )
    if review.status == Review.Status.DRAFT:  # it was never sent: two people agreed on it, so it is final at once
        review.status, review.submitted_at, review.final_at = Review.Status.FINAL, timezone.now(), timezone.now()
    review.draft, review.edition = {}, review.edition + 1
    review.save(update_fields=["status", "submitted_at", "final_at", "draft", "edition"])


def _plain(filled: Filled) -> dict[str, Any]:
    ratings = {
        str(pk): {
            "value": one.value,
            "root_cause": one.root_cause,
            "comment": one.comment,
            "evidence": [dict(span) for span in one.evidence],
        }
        for pk, one in filled.given.items()
    }
    return {"ratings": ratings, "comment": filled.comment}


def _filled(proposed: dict[str, Any]) -> Filled:
    ratings = proposed["ratings"].items()
    given = {int(pk): Given(**{**one, "evidence": tuple(one["evidence"])}) for pk, one in ratings}
    return Filled(given=given, comment=proposed["comment"])
