"""Everything an agent's screen shows of their work, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from chat.models import Channel
from identity.models import User
from tickets.models import Assignment, Availability, AvailabilityPeriod, Slot, Ticket
from tickets.queries import routing

LETTERS = 100  # on one screen
SHOWN_TEXT = 200  # characters of the last message

LAST_WORDS = """
select c.id, l.author_kind, l.author_name, left(l.body, %s), l.created_at, u.n,
       exists (select from chat_draft d where d.conversation_id = c.id and d.user_id = %s and d.body <> '')
  from unnest(%s::uuid[]) as c(id)
  left join lateral (select e.author_kind, e.author_name, e.body, e.created_at from chat_entry e
                      where e.conversation_id = c.id and e.kind = 'message' order by e.seq desc limit 1) l on true
  left join lateral (select count(*) as n from chat_entry e
                      where e.conversation_id = c.id and e.kind = 'message'
                        and e.author_kind in ('borrower', 'correspondent')
                        and e.seq > coalesce((select m.seq from chat_seenmark m
                                               where m.conversation_id = c.id and m.reader_id = %s), 0)) u on true
"""


@dataclass(frozen=True)
class LastWords:
    """What was said last, how much of it is new to the reader, and whether they have begun to answer."""

    author_kind: str | None = None
    author_name: str = ""
    body: str = ""
    at: datetime | None = None
    unread: int = 0
    has_draft: bool = False


@dataclass(frozen=True)
class Inbox:
    """One agent's work now."""

    user: User
    availability: str
    reason: str
    slots: list[tuple[int, Ticket | None]]
    letters: list[Ticket]
    held: list[Ticket]
    waiting: int
    longest_wait: int | None
    words: dict[UUID, LastWords]
    leases: dict[int, datetime | None]
    now: datetime

    @property
    def tickets(self) -> list[Ticket]:
        return [*(ticket for _, ticket in self.slots if ticket), *self.letters, *self.held]

    @property
    def owed(self) -> int:
        """How many of these wait for an answer of ours."""
        return sum(ticket.waiting_since is not None for ticket in self.tickets)


def inbox_of(user: User) -> Inbox:
    now = timezone.now()
    slots = [(slot.number, slot.ticket) for slot in _slots(user)]
    letters, held = list(_letters(user, now)), list(_held(user))
    state, reason = availability_of(user)
    waiting, longest = queue_length(now)
    shown = [*(ticket for _, ticket in slots if ticket), *letters, *held]
    return Inbox(
        user=user,
        availability=state,
        reason=reason,
        slots=slots,
        letters=letters,
        held=held,
        waiting=waiting,
        longest_wait=longest,
        words=last_words(shown, user),
        leases=leases_of(shown),
        now=now,
    )


def queue_length(now: datetime) -> tuple[int, int | None]:
    """How many chats wait for an agent, and for how many seconds the first of them."""
    since = list(routing.queued_chats().values_list("queued_at", flat=True))
    return len(since), round((now - since[0]).total_seconds()) if since and since[0] else None


def availability_of(user: User) -> tuple[str, str]:
    """What the agent says now; somebody who never said anything is away."""
    period = AvailabilityPeriod.objects.filter(user=user, until=None).first()
    return (period.state, period.reason) if period else (Availability.AWAY.value, "")


def last_words(tickets: Sequence[Ticket], reader: User) -> dict[UUID, LastWords]:
    """By conversation."""
    conversations = [ticket.conversation_id for ticket in tickets]
    with connection.cursor() as cursor:
        cursor.execute(LAST_WORDS, [SHOWN_TEXT, reader.pk, conversations, reader.pk])
        return {row[0]: LastWords(*_known(row[1:])) for row in cursor.fetchall()}


def leases_of(tickets: Sequence[Ticket]) -> dict[int, datetime | None]:
    """When the first-answer lease of each ends."""
    current = Assignment.objects.filter(ticket__in=tickets, until=None)
    return dict(current.values_list("ticket_id", "answer_due_at"))


def _known(row: tuple[Any, ...]) -> tuple[Any, ...]:
    author_kind, author_name, body, at, unread, has_draft = row
    return author_kind, author_name or "", body or "", at, unread, has_draft


def _slots(user: User) -> QuerySet[Slot]:
    related = ("ticket__conversation__borrower", "ticket__topic", "ticket__assignee")
    return Slot.objects.filter(agent=user).select_related(*related).order_by("number")


def _letters(user: User, now: datetime) -> QuerySet[Ticket]:
    """One's own letters and those nobody has taken, the first due first; what is put off is out of sight."""
    mine = Q(assignee=user) | Q(assignee=None, conversation__is_shared=True)
    open_ones = _open(mine).exclude(channel=Channel.CHAT).exclude(snoozed_until__gt=now)
    return open_ones.order_by(F("due_at").asc(nulls_last=True), "opened_at")[:LETTERS]


def _held(user: User) -> QuerySet[Ticket]:
    """Chats whose borrower fell silent; they come back by themselves."""
    return _open(Q(assignee=user)).filter(channel=Channel.CHAT, slot=None).order_by("held_at")[:LETTERS]


def _open(which: Q) -> QuerySet[Ticket]:
    tickets = Ticket.objects.filter(which).exclude(status=Ticket.Status.RESOLVED)
    return tickets.select_related("conversation__borrower", "topic", "assignee", "call")
