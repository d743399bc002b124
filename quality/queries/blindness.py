"""What somebody who is to judge blind must not learn before: neither of the conversation, nor out of any sum."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.models import Conversation
from identity.models import User
from quality.models import Review, ReviewTask, Score
from quality.queries.calibration import hidden_from

Cell = tuple[date, UUID | None]


def unseen_by(reader: User) -> QuerySet[Any]:
    """Conversations the reader is to judge blind and has not yet: in a calibration, or in a review."""
    drafts = Review.objects.filter(reviewer=reader, is_blind=True, status=Review.Status.DRAFT, session=None)
    asked = Q(assignee=reader) | Q(assignee__isnull=True) & ~Q(score__agent=reader)
    waiting = ReviewTask.objects.filter(asked, is_blind=True, status=ReviewTask.Status.WAITING)
    of_reviews = Q(scores__in=drafts.values("score")) | Q(scores__in=waiting.values("score"))
    return Conversation.objects.filter(Q(pk__in=hidden_from(reader)) | of_reviews).values("pk")


def cells_of(conversations: QuerySet[Any]) -> list[Cell]:
    """The days and agents of the roll-ups in which these conversations are counted.

    A sum without one conversation would tell of it by what is missing; without the whole cell it tells nothing.
    """
    scores = Score.objects.filter(conversation__in=conversations)
    found: set[Cell] = set()
    for closed_at, scored_at, agent, reviewed in scores.values_list(*_OF_CELL):
        day = timezone.localtime(closed_at or scored_at).date()
        found |= {(day, agent), (day, reviewed or agent)}
    return sorted(found, key=str)


_OF_CELL = ("conversation__closed_at", "created_at", "agent", "reviews__agent")
