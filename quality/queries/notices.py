"""What an agent is told: reviews to answer, decisions on their disputes, talks and pins; unread until opened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from identity.models import User
from quality.models import CoachingSession, Dispute, OpenedNotice, Pin, Review, Score
from quality.queries.reviews import answer_by

Kind = OpenedNotice.Kind
KEPT = timedelta(days=30)
_SCORE = ("conversation__ticket__topic", "conversation__borrower")


@dataclass(frozen=True)
class Notice:
    """``row`` is what it tells of; ``waits`` for the agent's word, until ``due``."""

    kind: str
    row: Any
    score: Score | None
    at: datetime
    is_read: bool
    waits: bool = False
    due: datetime | date | None = None

    @property
    def number(self) -> int:
        return int(self.row.pk)


def notices_of(agent: User) -> list[Notice]:
    """The last month's, and every review that still waits: first what is not read or waits, the newest on top."""
    found = sorted(_found(agent), key=lambda one: one.at, reverse=True)
    return sorted(found, key=lambda one: one.is_read and not one.waits)


def notices_waiting(agent: User) -> int:
    """How many are not opened yet, or opened and still to be answered."""
    rows = _rows(agent, timezone.now() - KEPT)
    reviews = rows.pop(Kind.REVIEW)
    waiting = reviews.filter(Q(is_read=False) | Q(status=Review.Status.SUBMITTED)).count()
    return waiting + sum(found.filter(is_read=False).count() for found in rows.values())


def notice_of(agent: User, kind: str, number: int) -> Notice | None:
    rows = _rows(agent, timezone.now() - KEPT)
    row = rows[Kind(kind)].filter(pk=number).first() if kind in Kind.values else None
    return _told(Kind(kind), row) if row is not None else None


def _found(agent: User) -> Iterator[Notice]:
    for kind, rows in _rows(agent, timezone.now() - KEPT).items():
        yield from (_told(kind, row) for row in rows)


def _rows(agent: User, since: datetime) -> dict[Kind, QuerySet[Any]]:
    told = Review.objects.filter(agent=agent, counts=True).exclude(status=Review.Status.DRAFT)
    told = told.filter(Q(status=Review.Status.SUBMITTED) | Q(submitted_at__gte=since))
    decided = Dispute.objects.filter(by=agent, decided_at__gte=since).exclude(status=Dispute.Status.WITHDRAWN)
    talks = CoachingSession.objects.filter(Q(created_at__gte=since) | Q(due_on__gte=since.date()), agent=agent)
    pins = Pin.objects.filter(agent=agent, created_at__gte=since)
    return {
        Kind.REVIEW: _marked(told.select_related("reviewer", *_of("score")), agent, Kind.REVIEW),
        Kind.DECISION: _marked(decided.select_related("decided_by", *_of("review__score")), agent, Kind.DECISION),
        Kind.TALK: _marked(talks.select_related("coach"), agent, Kind.TALK),
        Kind.PIN: _marked(pins.select_related("by", *_of("score")), agent, Kind.PIN),
    }


def _of(path: str) -> list[str]:
    return [f"{path}__{name}" for name in _SCORE]


def _marked(rows: QuerySet[Any], agent: User, kind: Kind) -> QuerySet[Any]:
    opened = OpenedNotice.objects.filter(agent=agent, kind=kind, number=OuterRef("pk"))
    return rows.annotate(is_read=Exists(opened))


def _told(kind: Kind, row: Any) -> Notice:
    if kind == Kind.REVIEW:
        waits = row.status == Review.Status.SUBMITTED
        due = answer_by(row) if waits else None
        return Notice(kind, row, row.score, row.submitted_at, row.is_read, waits=waits, due=due)
    if kind == Kind.DECISION:
        return Notice(kind, row, row.review.score, row.decided_at, row.is_read)
    if kind == Kind.TALK:
        return Notice(kind, row, None, row.created_at, row.is_read, due=row.due_on)
    return Notice(kind, row, row.score, row.created_at, row.is_read)
