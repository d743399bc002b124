"""From one agent to another, or back to the queue, with a line that the next one reads first."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from identity.models import User
from tickets.actions import announcements
from tickets.actions.assignments import end_assignment, place, return_to_queue
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.matching import match_soon
from tickets.errors import AlreadyResolved, Invalid, TooLate
from tickets.models import Assignment, Ticket

UNDO_TIME = timedelta(seconds=10)  # the inbox offers six of them
LONGEST_SUMMARY = 2000


@transaction.atomic
def transfer(*, ticket: Ticket, to: User | None, by: User, summary: str) -> Ticket:
    """Hand the ticket over with a summary; to nobody means to the queue."""
    ticket = lock_ticket(ticket.number)
    summary = summary.strip()[:LONGEST_SUMMARY]
    if not summary:
        raise Invalid("summary_required")
    if ticket.status == Ticket.Status.RESOLVED:
        raise AlreadyResolved
    if to is not None and to == ticket.assignee:
        raise Invalid("same_agent")
    _record_transfer(ticket, to=to, by=by, summary=summary)
    if to is None:
        return_to_queue(ticket=ticket, ending=Assignment.Ending.TRANSFERRED, at=timezone.now(), by=by)
    else:
        _hand_over(ticket, to=to, by=by, summary=summary)
    match_soon()
    return ticket


@transaction.atomic
def undo_transfer(*, ticket: Ticket, by: User) -> Ticket:
    """Take the ticket back within seconds, while the other has not answered."""
    ticket = lock_ticket(ticket.number)
    now = timezone.now()
    given = Assignment.objects.filter(ticket=ticket, agent=by, ending=Assignment.Ending.TRANSFERRED).last()
    if given is None or given.until is None or given.until < now - UNDO_TIME:
        raise TooLate
    answered_since = ticket.staff_wrote_at and ticket.staff_wrote_at > given.until
    if ticket.assignee == by or answered_since or ticket.status == Ticket.Status.RESOLVED:
        raise TooLate
    former = ticket.assignee
    end_assignment(ticket=ticket, ending=Assignment.Ending.UNDONE, at=now)
    _let_go(ticket, former)
    place(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.RETURNED, at=now)
    record_event(ticket=ticket, kind="transfer_undone", at=now, user=by)
    match_soon()
    return ticket


def _hand_over(ticket: Ticket, *, to: User, by: User, summary: str) -> None:
    now = timezone.now()
    former = ticket.assignee
    end_assignment(ticket=ticket, ending=Assignment.Ending.TRANSFERRED, at=now)
    assignment = place(ticket=ticket, agent=to, by=by, reason=Assignment.Reason.TRANSFERRED, at=now)
    assignment.summary = summary
    assignment.save(update_fields=["summary"])
    _let_go(ticket, former)


def _let_go(ticket: Ticket, former: User | None) -> None:
    if former is not None:
        chat.remove_participant(conversation=ticket.conversation, user=former)
        announcements.announce_inbox([former.pk], ticket)


def _record_transfer(ticket: Ticket, *, to: User | None, by: User, summary: str) -> None:
    """The line for the colleague: internal, and in the transcript before they come."""
    data: dict[str, Any] = {
        "from": by.display_name,
        "to": to.display_name if to else None,
        "to_id": str(to.pk) if to else None,
        "summary": summary,
    }
    chat.record_fact(conversation=ticket.conversation, kind="transferred", author=by, data=data, public=False)
    event = {"to": to.pk if to else None, "agent": ticket.assignee_id}
    record_event(ticket=ticket, kind="transferred", at=timezone.now(), user=by, **event)
