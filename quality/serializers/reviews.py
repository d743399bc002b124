"""Reviews and disputes over the API."""

from typing import Any

from quality.models import Dispute, Review
from quality.serializers.scorecard import entries_of


def review_json(review: Review) -> dict[str, Any]:
    """``ratings`` are as submitted; ``draft`` is what stands above them until submitted anew, for the reviewer."""
    return {
        "id": review.pk,
        "score": review.score_id,
        "source": review.source,
        "status": review.status,
        "edition": review.edition,
        "value": None if review.value is None else float(review.value),
        "is_critical": review.is_critical,
        "is_blind": review.is_blind,
        "counts": review.counts,
        "comment": review.comment,
        "seconds": review.seconds,
        "ratings": {
            str(rating.criterion_id): {
                "value": None if rating.value is None else float(rating.value),
                "verdict": rating.verdict,
                "cause": rating.root_cause,
                "comment": rating.comment,
                "evidence": rating.evidence,
            }
            for rating in review.ratings.all()
        },
        "draft": {str(pk): entry for pk, entry in entries_of(review).items()} if review.draft else {},
        "submitted_at": _moment(review.submitted_at),
        "acknowledged_at": _moment(review.acknowledged_at),
        "final_at": _moment(review.final_at),
    }


def dispute_json(dispute: Dispute) -> dict[str, Any]:
    return {
        "id": dispute.pk,
        "review": dispute.review_id,
        "kind": dispute.kind,
        "status": dispute.status,
        "text": dispute.text,
        "proposed": dispute.proposed,
        "deadline": _moment(dispute.deadline),
        "decision": dispute.decision,
        "decided_at": _moment(dispute.decided_at),
        "delta": None if dispute.delta is None else float(dispute.delta),
    }


def _moment(at: Any) -> str | None:
    return at.isoformat() if at else None
