"""Disputes: whose they are, who may settle them, and how they end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils import timezone

from identity.models import User
from quality.models import Criterion, Dispute, Rating
from quality.rules.ratings import MIDDLE

ACCEPTED = (Dispute.Status.ACCEPTED, Dispute.Status.PARTIAL)
SETTLED = (*ACCEPTED, Dispute.Status.REJECTED)


@dataclass(frozen=True)
class Ending:
    """How the disputes of one criterion, or of one reviewer, ended."""

    name: str
    accepted: int
    rejected: int


@dataclass(frozen=True)
class DisputeFigures:
    open: int
    overdue: int
    accepted: int
    rejected: int
    average_seconds: float | None
    reviewers: list[Ending]
    criteria: list[Ending]


def is_about_a_critical(dispute: Dispute) -> bool:
    """Whether a critical failure is disputed: the review has one, or the agent asks for another answer to one."""
    proposed = [int(pk) for pk in dispute.proposed]
    failed = Rating.objects.filter(review=dispute.review_id).exclude(criterion__critical_class="")
    return failed.filter(Q(value__lt=MIDDLE) | Q(criterion__in=proposed)).exists()


def may_settle(user: User, dispute: Dispute) -> bool:
    """A supervisor; never their own dispute or conversation, nor as its reviewer one about a critical failure."""
    if not user.is_supervisor or user.pk in {dispute.by_id, dispute.review.agent_id}:
        return False
    return dispute.review.reviewer_id != user.pk or not is_about_a_critical(dispute)


def disputes_with_all(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    related = ("review__score__conversation__ticket__topic", "review__reviewer", "by", "decided_by")
    return disputes.select_related(*related)


def open_first(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    """What waits, the most urgent first."""
    return disputes_with_all(disputes).filter(status=Dispute.Status.OPEN).order_by("deadline", "pk")


def settled(disputes: QuerySet[Dispute]) -> QuerySet[Dispute]:
    return disputes_with_all(disputes).exclude(status=Dispute.Status.OPEN).order_by("-decided_at", "-pk")


def figures(since: datetime) -> DisputeFigures:
    """Counts of what waits and of what was settled since a moment."""
    waiting = Dispute.objects.filter(status=Dispute.Status.OPEN)
    done = Dispute.objects.filter(status__in=SETTLED, decided_at__gte=since)
    took = ExpressionWrapper(F("decided_at") - F("created_at"), output_field=DurationField())
    totals = done.aggregate(
        accepted=Count("pk", filter=Q(status__in=ACCEPTED)),
        rejected=Count("pk", filter=Q(status=Dispute.Status.REJECTED)),
        took=Avg(took),
    )
    return DisputeFigures(
        open=waiting.count(),
        overdue=waiting.filter(deadline__lt=timezone.now()).count(),
        accepted=totals["accepted"],
        rejected=totals["rejected"],
        average_seconds=totals["took"].total_seconds() if totals["took"] else None,
        reviewers=_by_reviewer(done),
        criteria=_by_criterion(done),
    )


def _by_reviewer(done: QuerySet[Dispute]) -> list[Ending]:
    return _counted((one.review.reviewer.full_name, one.status) for one in done.select_related("review__reviewer"))


def _by_criterion(done: QuerySet[Dispute]) -> list[Ending]:
    """By the criteria the agents wanted rated otherwise."""
    pairs = [(int(pk), one.status) for one in done for pk in one.proposed]
    criteria = Criterion.objects.in_bulk([pk for pk, _ in pairs])
    return _counted((criteria[pk].text, status) for pk, status in pairs if pk in criteria)


def _counted(pairs: Iterable[tuple[str, str]]) -> list[Ending]:
    found: dict[str, list[int]] = {}
    for name, status in pairs:
        found.setdefault(name, [0, 0])[0 if status in ACCEPTED else 1] += 1
    rows = [Ending(name, accepted, rejected) for name, (accepted, rejected) in found.items()]
    return sorted(rows, key=lambda one: (-(one.accepted + one.rejected), one.name))
