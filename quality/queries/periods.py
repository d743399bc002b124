"""Months and whether they are closed. A review belongs to the month in which its conversation ended, as metrics do."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from quality.models import ClosedPeriod, LateChange, Review, Score

MONTHS = 12
UNSETTLED = (Review.Status.SUBMITTED, Review.Status.DISPUTED)


@dataclass(frozen=True)
class Month:
    """One month with the reviews that count in it; ``waiting`` are not settled yet."""

    first: date
    reviews: int
    waiting: int
    closed: ClosedPeriod | None

    @property
    def code(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(score: Score) -> date:
    ended = score.conversation.closed_at or score.created_at
    return timezone.localtime(ended).date().replace(day=1)


def is_closed(review: Review) -> bool:
    """Whether the month of a review that counts is closed."""
    return review.counts and ClosedPeriod.objects.filter(month=month_of(review.score)).exists()


def unsettled(first: date) -> int:
    """Reviews of the month that wait for their agent's answer, or are disputed."""
    return _of_month(first).filter(status__in=UNSETTLED).count()


def months(today: date) -> list[Month]:
    """The last twelve months that are over, the newest first."""
    closed = {one.month: one for one in ClosedPeriod.objects.select_related("closed_by")}
    found, first = [], today.replace(day=1)
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        counted = _of_month(first).aggregate(n=Count("pk"), waiting=Count("pk", filter=Q(status__in=UNSETTLED)))
        found.append(Month(first, counted["n"], counted["waiting"], closed.get(first)))
    return found


def late_changes() -> QuerySet[LateChange]:
    """What waits for a second person first, then what was decided."""
    related = (
        "review__agent",
        "review__reviewer",
        "asked_by",
        "decided_by",
        "review__score__conversation__ticket__topic",
    )
    return LateChange.objects.select_related(*related).order_by("-decided_at", "-created_at")


def waiting_change(review: Review) -> LateChange | None:
    return review.late_changes.filter(decided_at=None).first()


def _of_month(first: date) -> QuerySet[Review]:
    after = (first + timedelta(days=31)).replace(day=1)
    counted = Review.objects.filter(counts=True).exclude(status=Review.Status.DRAFT)
    ended = counted.annotate(ended_at=Coalesce("score__conversation__closed_at", "score__created_at"))
    return ended.filter(ended_at__gte=_start(first), ended_at__lt=_start(after))


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
