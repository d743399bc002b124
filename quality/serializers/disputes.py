"""A dispute in a list, and what it proposes beside what stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from identity.models import User
from quality.models import Dispute
from quality.queries.disputes import may_settle
from quality.rules.ratings import option_at
from quality.serializers.criteria import CriterionRow
from quality.serializers.queue import topic_of
from quality.serializers.scorecard import scorecard
from quality.words import VERDICTS, option_words


@dataclass(frozen=True)
class DisputeRow:
    id: int
    agent: str
    reviewer: str
    topic: str
    kind: str
    status: str
    tone: str
    deadline: datetime
    is_late: bool
    is_mine: bool
    decided_at: datetime | None
    delta: Any


TONES = {Dispute.Status.ACCEPTED: "ok", Dispute.Status.PARTIAL: "warn", Dispute.Status.REJECTED: "danger"}


def dispute_row(dispute: Dispute, reader: User) -> DisputeRow:
    is_open = dispute.status == Dispute.Status.OPEN
    return DisputeRow(
        id=dispute.pk,
        agent=dispute.by.full_name,
        reviewer=dispute.review.reviewer.full_name,
        topic=topic_of(dispute.review.score),
        kind=dispute.get_kind_display(),
        status=dispute.get_status_display(),
        tone=TONES.get(Dispute.Status(dispute.status), ""),
        deadline=dispute.deadline,
        is_late=is_open and dispute.deadline < timezone.now(),
        is_mine=is_open and may_settle(reader, dispute),
        decided_at=dispute.decided_at,
        delta=dispute.delta,
    )


@dataclass(frozen=True)
class Proposal:
    """A criterion as it stands, and what the agent proposes instead."""

    row: CriterionRow
    proposed: str
    proposed_answer: str


def proposals(dispute: Dispute) -> list[Proposal]:
    """The disputed criteria; of a dispute that proposes nothing, all that the review found wrong."""
    card = scorecard(dispute.review.score, dispute.review)
    rows = [row for row in card.rows if row.given]
    named = [row for row in rows if str(row.criterion.pk) in dispute.proposed]
    listed = named or [row for row in rows if row.value is not None and row.value < 1]
    return [Proposal(row, *_wanted(row, dispute.proposed.get(str(row.criterion.pk)))) for row in listed]


def _wanted(row: CriterionRow, proposed: dict[str, Any] | None) -> tuple[str, str]:
    if proposed is None:
        return "", ""
    value = proposed["value"]
    if value is None:
        return str(VERDICTS["na"]), "na"
    chosen = option_at(row.options, float(value))
    return (option_words(chosen, of=len(row.options)) if chosen else ""), f"{float(value):g}"
