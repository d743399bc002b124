"""Going on in the chat: whoever got our letter has signed in, and the same conversation is live from now on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel, Conversation
from identity.actions import record_audit
from identity.models import Borrower, User
from tickets.actions import announcements
from tickets.actions.assignments import OWNERSHIP, end_assignment
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.actions.matching import match_soon
from tickets.actions.slots import take_slot
from tickets.actions.tickets import CLOCK, reopen
from tickets.actions.verification import confirm_by_sign_in
from tickets.errors import LinkRefused
from tickets.mailboxes.passwords import mail_key
from tickets.models import Assignment, ContinueLink, Ticket
from tickets.queries import routing
from tickets.queries.continuing import open_chat_of, refusals_of, wrote_these_letters
from tickets.queries.promises import promises
from tickets.rules import continuing, signed, sla
from tickets.rules.sla import Clock

REFUSALS = 30  # recorded of one borrower in an hour; whoever goes on trying is refused all the same


@dataclass(frozen=True)
class Continued:
    """Where the borrower goes on. ``has_moved``: the letters' own conversation, not a chat that was open already."""

    conversation: Conversation
    has_moved: bool


def continue_in_chat(*, borrower: Borrower, token: str, address: str | None = None) -> Continued:
    """The conversation of the letter with this link, live for the borrower who has just signed in.

    Somebody else's sign-in is refused and recorded, and the link stays good for whom it was sent to.
    """
    number = signed.number_of(token, purpose=continuing.PURPOSE, key=mail_key())
    link = ContinueLink.objects.filter(pk=number or 0, token_hash=signed.digest(token.strip())).first()
    if link is None:
        raise LinkRefused("link_unknown")
    try:
        return _continue(link.pk, link.ticket_id, borrower)
    except LinkRefused as refusal:
        if refusals_of(borrower) < REFUSALS:
            record_audit(
                code="continue.refused",
                actor=borrower,
                object_kind="ticket",
                object_id=str(link.ticket_id),
                address=address,
                reason=refusal.code,
                link=link.pk,
            )
        raise


@transaction.atomic
def _continue(link_id: int, number: int, borrower: Borrower) -> Continued:
    ticket = lock_ticket(number)
    link = ContinueLink.objects.select_for_update().get(pk=link_id)
    if not wrote_these_letters(ticket, borrower):
        raise LinkRefused("link_not_yours")
    if link.used_at is not None:
        return Continued(ticket.conversation, has_moved=False)
    if link.expires_at <= timezone.now():
        raise LinkRefused("link_expired")
    if ticket.channel == Channel.EMAIL:
        other = open_chat_of(borrower)
        if other is not None:
            return Continued(other, has_moved=False)
        _go_live(ticket, borrower)
    link.used_at, link.used_by = timezone.now(), borrower
    link.save(update_fields=["used_at", "used_by"])
    record_audit(code="continue.used", actor=borrower, object_kind="ticket", object_id=str(number), link=link.pk)
    return Continued(ticket.conversation, has_moved=True)


def _go_live(ticket: Ticket, borrower: Borrower) -> None:
    """The ticket keeps its number and its History; its conversation becomes a chat with a place kept for it."""
    if ticket.status == Ticket.Status.RESOLVED:
        reopen(ticket=ticket, by=borrower)
    confirm_by_sign_in(ticket=ticket, borrower=borrower)
    ticket = lock_ticket(ticket.number)
    chat.move_to_chat(conversation=ticket.conversation, borrower=borrower)
    now, led = timezone.now(), ticket.assignee_id
    ticket.channel, ticket.moved_at, ticket.reserved_until = Channel.CHAT.value, now, now + continuing.RESERVED
    ticket.snoozed_until = None
    _promise_anew(ticket, now)
    agent = _reserve(ticket, now)
    ticket.save(update_fields=["channel", "moved_at", "reserved_until", "snoozed_until", *CLOCK, *OWNERSHIP])
    record_event(ticket=ticket, kind="continued", at=now, user=agent, queued=agent is None)
    if led is None:
        announcements.announce_letter(ticket.number)  # it leaves everybody's list of letters
    announcements.announce_inbox([led, agent.pk if agent else None], ticket)
    announcements.announce_ticket(ticket)


def _promise_anew(ticket: Ticket, now: datetime) -> None:
    """Who asked by letter is here now: a chat's promise, from this moment. What they waited so far stays known."""
    if ticket.waiting_since is None:
        return
    promised = promises()
    clock = Clock(waiting_since=now, first_response_at=ticket.first_response_at)
    promise = promised.for_ticket(ticket.channel, ticket.topic_id, ticket.priority)
    week = promised.week_for(ticket.channel, ticket.topic_id, ticket.priority)
    clock = sla.promised(clock, promise=promise, week=week)
    ticket.due_at, ticket.warn_at = clock.due_at, clock.warn_at


def _reserve(ticket: Ticket, now: datetime) -> User | None:
    """A place of the agent who led the letter, if they are on the line and have one; otherwise one in the queue."""
    agent = ticket.assignee
    here = agent is not None and routing.on_line(now).filter(pk=agent.pk).exists()
    if agent is not None and here and take_slot(agent=agent, ticket=ticket, at=now) is not None:
        if ticket.waiting_since is not None:
            due = now + timedelta(seconds=settings.FIRST_ANSWER_TIME)
            Assignment.objects.filter(ticket=ticket, until=None).update(answer_due_at=due)
        return agent
    end_assignment(ticket=ticket, ending=Assignment.Ending.HELD, at=now)
    ticket.returns_to, ticket.assignee, ticket.assigned_at, ticket.queued_at = agent, None, None, now
    match_soon()
    return None
