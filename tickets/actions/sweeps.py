"""What time alone changes: leases that ran out, chats that fell silent, tickets that come back into sight."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest
from django.utils import timezone

from chat.models import Channel
from tickets.actions import announcements
from tickets.actions.alarms import raise_alarms
from tickets.actions.assignments import end_assignment, return_to_queue
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.matching import match, match_soon
from tickets.actions.silence import ask_silent, end_silent
from tickets.models import Assignment, Slot, Ticket
from tickets.queries import routing

log = logging.getLogger(__name__)


def sweep() -> None:
    """Everything that time alone changes, then one match for what events may have missed.

    What fails keeps nobody else waiting; it is raised when the others have had their turn.
    """
    failures = []
    steps = (release_unanswered, release_absent, release_letters, release_reserved, hold_silent, wake_snoozed, match)
    for step in (*steps, ask_silent, end_silent, raise_alarms, announcements.announce_queue):
        try:
            step()
        except Exception as error:  # whatever it was: the sweep is the last resort of everybody else
            log.error("the sweep's %s failed: %s", step.__name__, type(error).__name__)
            failures.append(error)
    if failures:
        raise ExceptionGroup("sweep", failures)


def release_unanswered() -> int:
    """Offer chats to another agent when the one who got them did not answer within the first-answer lease."""
    now = timezone.now()
    lapsed = Assignment.objects.filter(until=None, answer_due_at__lte=now, ticket__waiting_since__isnull=False)
    return _each(lambda number: _release_lapsed(number, now), _unanswered(lapsed).values_list("ticket_id", flat=True))


def release_absent() -> int:
    """Chats of agents whose connection is gone for good go to colleagues, where the borrower waits for an answer."""
    gone_since = timezone.now() - timedelta(seconds=settings.PRESENCE_GRACE_TIME)
    absent = Q(agent__presence=None) | Q(agent__presence__expires_at__lt=gone_since) | ~Q(agent__deactivated_at=None)
    left = Assignment.objects.filter(absent, until=None, ticket__channel=Channel.CHAT, since__lt=gone_since)
    return _each(_release_left, left.values_list("ticket_id", flat=True))


def release_letters() -> int:
    """Letters of people who left the desk are everybody's again; whoever is only away keeps theirs."""
    left = Ticket.objects.filter(assignee__deactivated_at__isnull=False).exclude(channel=Channel.CHAT)
    return _each(_release_letter, _numbers(left.exclude(status=Ticket.Status.RESOLVED)))


def release_reserved() -> int:
    """A place kept for somebody who came from a letter is free again when they say nothing."""
    due = Ticket.objects.filter(reserved_until__lte=timezone.now())
    return _each(_release_reserved, _numbers(due))


def hold_silent() -> int:
    """A chat whose borrower owes the next word and keeps silent gives its place up until they write."""
    silent_since = timezone.now() - timedelta(seconds=settings.IDLE_TIME)
    last_word = Greatest("staff_wrote_at", "borrower_wrote_at", "assigned_at")  # Postgres ignores nulls here
    held = Ticket.objects.filter(slot__isnull=False, waiting_since=None).annotate(last_word=last_word)
    return _each(lambda number: _hold(number, silent_since), _numbers(held.filter(last_word__lt=silent_since)))


def wake_snoozed() -> int:
    """Tickets whose moment has come are in sight again."""
    return _each(_wake, _numbers(Ticket.objects.filter(snoozed_until__lte=timezone.now())))


def _each(work: Callable[[int], bool], numbers: Iterable[int]) -> int:
    """Do it for every ticket, each in its own transaction; one that fails is named and raised after the others."""
    done, failures = 0, []
    for number in list(numbers):
        try:
            done += work(number)
        except Exception as error:  # one bad ticket must not stop the rest
            log.error("the sweep failed at ticket %s: %s", number, type(error).__name__)
            failures.append(error)
    if failures:
        raise ExceptionGroup("tickets", failures)
    return done


def _numbers(tickets: Iterable[Ticket]) -> list[int]:
    return [ticket.number for ticket in tickets]


def _unanswered(assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    return assignments.filter(Q(ticket__staff_wrote_at=None) | Q(ticket__staff_wrote_at__lt=F("since")))


@transaction.atomic
def _release_lapsed(number: int, now: datetime) -> bool:
    """Release it to others; while nobody else is on the line the lease only begins again, and that is recorded."""
    ticket = lock_ticket(number)
    lapsed = Assignment.objects.filter(ticket=ticket, until=None, answer_due_at__lte=now)
    assignment = _unanswered(lapsed).select_related("agent").first()
    if assignment is None or ticket.waiting_since is None:
        return False
    record_event(ticket=ticket, kind="lapsed", at=now, user=assignment.agent)
    if not routing.somebody_else_for(ticket, assignment.agent, now):
        assignment.answer_due_at = now + timedelta(seconds=settings.FIRST_ANSWER_TIME)
        assignment.save(update_fields=["answer_due_at"])
        announcements.announce_inbox([assignment.agent_id], ticket)
        return False
    return_to_queue(ticket=ticket, ending=Assignment.Ending.UNANSWERED, at=now)
    match_soon()
    return True


@transaction.atomic
def _release_left(number: int) -> bool:
    """Somebody who waits goes to a colleague; where we owe nothing the chat is only put on hold."""
    ticket = lock_ticket(number)
    if not Assignment.objects.filter(ticket=ticket, until=None).exists():
        return False
    now = timezone.now()
    if ticket.waiting_since is None:
        _put_on_hold(ticket, now)
    else:
        return_to_queue(ticket=ticket, ending=Assignment.Ending.PRESENCE_LOST, at=now)
    match_soon()
    return True


@transaction.atomic
def _release_letter(number: int) -> bool:
    ticket = lock_ticket(number)
    if ticket.status == Ticket.Status.RESOLVED or ticket.assignee is None or ticket.assignee.is_active:
        return False
    return_to_queue(ticket=ticket, ending=Assignment.Ending.PRESENCE_LOST, at=timezone.now())
    announcements.announce_letter(number)
    return True


@transaction.atomic
def _release_reserved(number: int) -> bool:
    """Whoever waits for our answer keeps the place, and so does a talk that has begun."""
    ticket, now = lock_ticket(number), timezone.now()
    if ticket.reserved_until is None or ticket.moved_at is None or ticket.reserved_until > now:
        return False
    spoke = [at for at in (ticket.borrower_wrote_at, ticket.staff_wrote_at) if at and at > ticket.moved_at]
    ticket.reserved_until = None
    ticket.save(update_fields=["reserved_until"])
    if spoke or ticket.waiting_since is not None or ticket.status == Ticket.Status.RESOLVED:
        return False
    if ticket.queued_at is not None:
        ticket.assignee, ticket.queued_at, ticket.returns_to = ticket.returns_to, None, None
        ticket.save(update_fields=["assignee", "queued_at", "returns_to"])
    _put_on_hold(ticket, now)
    match_soon()
    return True


@transaction.atomic
def _hold(number: int, silent_since: datetime) -> bool:
    ticket = lock_ticket(number)
    spoke = [moment for moment in (ticket.staff_wrote_at, ticket.borrower_wrote_at, ticket.assigned_at) if moment]
    has_place = Slot.objects.filter(ticket=ticket).exists()
    if not has_place or ticket.waiting_since is not None or max(spoke) >= silent_since:
        return False
    _put_on_hold(ticket, timezone.now())
    match_soon()
    return True


def _put_on_hold(ticket: Ticket, now: datetime) -> None:
    end_assignment(ticket=ticket, ending=Assignment.Ending.HELD, at=now)
    ticket.held_at = now
    ticket.save(update_fields=["held_at"])
    record_event(ticket=ticket, kind="held", at=now)
    announcements.announce_inbox([ticket.assignee_id], ticket)


@transaction.atomic
def _wake(number: int) -> bool:
    ticket = lock_ticket(number)
    if ticket.snoozed_until is None or ticket.snoozed_until > timezone.now():
        return False
    ticket.snoozed_until = None
    ticket.save(update_fields=["snoozed_until"])
    record_event(ticket=ticket, kind="woken", at=timezone.now())
    announcements.announce_inbox([ticket.assignee_id], ticket)
    return True
