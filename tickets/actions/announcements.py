"""Hints to the browsers about the queue and the inboxes, published after commit."""

import time
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.utils import timezone

from supportdesk.realtime import after_commit, frame, publish_all_on_commit, publish_on_commit
from tickets.models import Ticket
from tickets.queries import inbox, routing, waiting

ANNOUNCED = 200  # waiting borrowers told at once
PAUSE = 1.0  # seconds between two announcements of one process; the sweep repeats it anyway

_next_at = 0.0


def announce_inbox(staff: Iterable[UUID | None], ticket: Ticket | None = None) -> None:
    """Tell these people's inboxes, and the supervisors' room, to look again."""
    announce_number(ticket.number if ticket else None, staff)


def announce_number(number: int | None, staff: Iterable[UUID | None]) -> None:
    """The same where only the ticket's number is at hand."""
    content = {"type": "inbox.changed", "ticket": number}
    for each in {person for person in staff if person}:
        publish_on_commit(f"actor.{each}", content)
    publish_on_commit("supervisors", content)


def announce_letter(number: int) -> None:
    """A letter nobody has taken concerns everybody who is here."""
    announce_number(number, _here())


def announce_change(ticket: Ticket) -> None:
    """Something happened to a letter: whoever leads it hears of it, everybody while nobody does."""
    if ticket.assignee_id is None:
        announce_letter(ticket.number)
    else:
        announce_inbox([ticket.assignee_id], ticket)


def announce_ticket(ticket: Ticket) -> None:
    """Tell the borrower where their ticket stands now."""
    _announce(ticket, waiting.queue_view(ticket))


def announce_queue_soon() -> None:
    """After commit, tell everybody who waits, and staff how many do; at most once a second, the sweep catches up."""
    after_commit("routing", _announce_queue_unless_just_done)


def announce_queue() -> int:
    """Tell everybody who waits how many people are ahead and how long it may take, and staff how many wait."""
    queue = routing.queued_chats().select_related("topic", "conversation")[:ANNOUNCED]
    desk = waiting.desk_state() if queue else None
    for ahead, ticket in enumerate(queue):
        assert desk is not None
        _announce(ticket, waiting.queued_view(ticket, ahead=ahead, desk=desk))
    _announce_length()
    return len(queue)


def _here() -> list[UUID]:
    """Everybody who is on line; asked so often that the statement stands ready."""
    with connection.cursor() as cursor:
        cursor.execute("select user_id from tickets_presencelease")
        return [person for (person,) in cursor.fetchall()]


def _announce_length() -> None:
    """The figure itself, so that a moving queue does not make every inbox look again."""
    number, longest = inbox.queue_length(timezone.now())
    content = {"type": "queue.counted", "waiting": number, "longest_wait": longest}
    publish_all_on_commit(frame(f"actor.{person}", content) for person in _here())


def _announce_queue_unless_just_done() -> None:
    global _next_at
    if time.monotonic() >= _next_at:
        _next_at = time.monotonic() + PAUSE
        announce_queue()


def _announce(ticket: Ticket, view: dict[str, object]) -> None:
    conversation = str(ticket.conversation_id)
    content = {"type": "queue.moved", "conversation": conversation, "ticket": view}
    publish_on_commit(f"conversation.{conversation}.public", content)
