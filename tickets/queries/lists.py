"""Lists of tickets: what a person may see, narrowed, the newest first, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from identity.models import User
from tickets import access
from tickets.errors import NotVisible
from tickets.models import SavedView, Ticket

PAGE = 50
COUNTED = 1000  # more than that many is "more than 1,000"
MOST = 100  # tickets that one deed changes
STATES = ("open", "owed", "late", "free", "snoozed", "resolved", "all")


@dataclass(frozen=True)
class Listed:
    """What a list holds; an empty value narrows nothing. ``before``: the number that the last page ended with."""

    state: str = STATES[0]
    channel: str = ""
    topic: str = ""
    priority: str = ""
    agent: UUID | None = None
    before: int | None = None


@dataclass(frozen=True)
class Page:
    """``count`` is at most ``COUNTED`` + 1; ``following``: what to ask the next page with, None on the last."""

    tickets: list[Ticket]
    count: int
    following: int | None


def tickets_page(listed: Listed, user: User) -> Page:
    """Tickets the person may see, the newest first."""
    found = _narrowed(access.tickets_visible_to(user), listed, timezone.now())
    count = found.order_by().values("number")[: COUNTED + 1].count()
    if listed.before:
        found = found.filter(number__lt=listed.before)
    found = found.select_related("conversation__borrower", "assignee", "topic", "appeal")
    tickets = list(found.order_by("-number")[: PAGE + 1])
    following = tickets[PAGE - 1].number if len(tickets) > PAGE else None
    return Page(tickets[:PAGE], count, following)


def views_for(user: User) -> list[SavedView]:
    """Their own lists and everybody's, by title."""
    return list(SavedView.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner"))


def own_view(user: User, view_id: int) -> SavedView:
    """A list that the person may take away: their own; for a supervisor also a shared one."""
    mine = Q(owner=user) | Q(is_shared=True) if user.is_supervisor else Q(owner=user)
    view = SavedView.objects.filter(mine, pk=view_id).first()
    if view is None:
        raise NotVisible
    return view


def _narrowed(tickets: "QuerySet[Ticket]", listed: Listed, now: datetime) -> "QuerySet[Ticket]":
    unfinished = ~Q(status=Ticket.Status.RESOLVED)
    states: dict[str, Q] = {
        "open": unfinished,
        "owed": unfinished & Q(waiting_since__isnull=False),
        "late": unfinished & (Q(due_at__lt=now, waiting_since__isnull=False) | Q(resolution_due_at__lt=now)),
        "free": unfinished & Q(assignee=None),
        "snoozed": Q(snoozed_until__gt=now),
        "resolved": Q(status=Ticket.Status.RESOLVED),
        "all": Q(),
    }
    narrowed: dict[str, Any] = {
        "channel": listed.channel,
        "topic__code": listed.topic,
        "priority": listed.priority,
        "assignee": listed.agent,
    }
    return tickets.filter(
        states[listed.state], merged_into=None, **{name: one for name, one in narrowed.items() if one}
    )
