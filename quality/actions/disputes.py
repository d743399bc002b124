"""An agent's objection to a review, and what somebody decided about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.errors import NotAllowed
from identity.models import User
from quality.actions.reviews import Filled, Given, filled_as_it_is, rewrite_review
from quality.errors import DisputeSettled, DisputeTooLate, PeriodClosed, ReviewSettled, WordsMissing
from quality.models import Dispute, Review
from quality.queries.disputes import may_settle
from quality.queries.periods import is_closed
from quality.queries.reviews import answer_by, in_workdays

DAYS_TO_SETTLE = 5  # working days
SETTLED = {Dispute.Status.ACCEPTED, Dispute.Status.PARTIAL, Dispute.Status.REJECTED}


@dataclass(frozen=True)
class Objection:
    """What the agent says; ``proposed`` is a place on the scale by criterion, None for N/A."""

    kind: str
    text: str
    proposed: Mapping[int, float | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """``given`` replaces these ratings; ``agent`` is whose conversation it was, when the wrong person was reviewed."""

    status: str
    words: str
    given: Mapping[int, Given] = field(default_factory=dict)
    agent: User | None = None


@transaction.atomic
def dispute_review(*, review: Review, by: User, objection: Objection) -> Dispute:
    """Within their days the agent objects, with words; one dispute at a time."""
    review = Review.objects.select_for_update(no_key=True).get(pk=review.pk)
    if review.agent_id != by.pk or not review.counts:
        raise NotAllowed
    if review.status != Review.Status.SUBMITTED:
        raise ReviewSettled
    deadline = answer_by(review)
    if deadline is not None and timezone.now() > deadline:
        raise DisputeTooLate
    if not objection.text.strip():
        raise WordsMissing
    if is_closed(review):
        raise PeriodClosed
    review.status = Review.Status.DISPUTED
    review.save(update_fields=["status"])
    dispute = Dispute.objects.create(
        review=review,
        by=by,
        kind=objection.kind,
        text=objection.text.strip(),
        proposed={str(pk): {"value": value} for pk, value in objection.proposed.items()},
        deadline=in_workdays(timezone.now(), DAYS_TO_SETTLE),
    )
    record_audit(code="review_disputed", actor=by, object_kind="review", object_id=review.pk, kind=dispute.kind)
    return dispute


@transaction.atomic
def withdraw_dispute(*, dispute: Dispute, by: User) -> Dispute:
    """The agent thinks better of it; the review stands."""
    dispute = _open(dispute)
    if dispute.by_id != by.pk:
        raise NotAllowed
    dispute.status, dispute.decided_at = Dispute.Status.WITHDRAWN, timezone.now()
    dispute.save(update_fields=["status", "decided_at"])
    _finish(dispute.review)
    record_audit(code="dispute_withdrawn", actor=by, object_kind="review", object_id=dispute.review_id)
    return dispute


@transaction.atomic
def settle_dispute(*, dispute: Dispute, by: User, decision: Decision) -> Dispute:
    """Accept, accept in part or reject, with words; accepted, the review is scored anew and its history kept."""
    dispute = _open(dispute)
    review = dispute.review
    if not may_settle(by, dispute):
        raise NotAllowed
    if not decision.words.strip() or decision.status not in SETTLED:
        raise WordsMissing
    before = review.value
    if decision.status != Dispute.Status.REJECTED:
        review = _accept(dispute, by, decision)
    dispute.status, dispute.decision = decision.status, decision.words.strip()
    dispute.decided_by, dispute.decided_at = by, timezone.now()
    dispute.delta = (review.value or 0) - (before or 0)
    dispute.save(update_fields=["status", "decision", "decided_by", "decided_at", "delta"])
    if dispute.kind != Dispute.Kind.WRONG_PERSON or review.agent_id == dispute.by_id or review.agent_id is None:
        _finish(review)
    record_audit(
        code="dispute_settled",
        actor=by,
        object_kind="review",
        object_id=review.pk,
        decision=decision.status,
        before=None if before is None else str(before),
        value=None if review.value is None else str(review.value),
    )
    return dispute


@transaction.atomic
def finish_unanswered() -> int:
    """Reviews whose agent had their days and said nothing, or agreed, are final. Nightly."""
    waiting = Review.objects.filter(
        status__in=[Review.Status.SUBMITTED, Review.Status.ACKNOWLEDGED], submitted_at__isnull=False
    )
    now, done = timezone.now(), 0
    for review in waiting.select_for_update(no_key=True, skip_locked=True):
        deadline = answer_by(review)
        if deadline is not None and now > deadline:
            _finish(review)
            done += 1
    return done


def _accept(dispute: Dispute, by: User, decision: Decision) -> Review:
    review = dispute.review
    if dispute.kind == Dispute.Kind.WRONG_PERSON:
        return _give_to(review, decision.agent)
    filled = filled_as_it_is(review)
    wanted: dict[int, Given] = dict(decision.given)
    if decision.status == Dispute.Status.ACCEPTED and not wanted:
        wanted = _as_proposed(dispute.proposed, filled)
    given = {**filled.given, **wanted}
    reason = decision.words.strip()
    return rewrite_review(review=review, filled=Filled(given, filled.comment), by=by, reason=reason)


def _as_proposed(proposed: Mapping[str, Any], filled: Filled) -> dict[int, Given]:
    stands = {int(pk): (filled.given.get(int(pk)) or Given(value=None), one["value"]) for pk, one in proposed.items()}
    return {pk: replace(given, value=value) for pk, (given, value) in stands.items()}


def _give_to(review: Review, agent: User | None) -> Review:
    """Somebody else's work: they may answer in their turn; nobody's, it counts no more."""
    review.agent, review.counts = agent, agent is not None and review.counts
    if agent is not None:
        review.status, review.submitted_at = Review.Status.SUBMITTED, timezone.now()
    review.save(update_fields=["agent", "counts", "status", "submitted_at"])
    return review


def _open(dispute: Dispute) -> Dispute:
    related = Dispute.objects.select_related("review__score__version", "review__reviewer")
    dispute = related.select_for_update(of=("self",), no_key=True).get(pk=dispute.pk)
    if dispute.status != Dispute.Status.OPEN:
        raise DisputeSettled
    return dispute


def _finish(review: Review) -> None:
    review.status, review.final_at = Review.Status.FINAL, timezone.now()
    review.save(update_fields=["status", "final_at"])
