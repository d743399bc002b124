"""A call as its exchange tells of it: conversation, ticket and clock, the same in whatever order its events came."""

from dataclasses import asdict, fields
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from chat import actions as chat
from chat.models import Channel
from identity.models import Role, User
from supportdesk.realtime import failpoint
from tickets.actions.announcements import announce_change
from tickets.actions.assignments import assign
from tickets.actions.clocks import answer_data
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid
from tickets.models import Assignment, Call, CallEvent, Exchange, Ticket
from tickets.queries.promises import promises
from tickets.rules import calls as rules
from tickets.rules import sla
from tickets.rules.sla import Clock


@transaction.atomic
def hear_event(*, exchange: Exchange, event: rules.CallEvent) -> Call:
    """Take in one event; the same event told again changes nothing, with other facts it is refused."""
    exchange = Exchange.objects.select_for_update(no_key=True).get(pk=exchange.pk)  # one event of it after another
    call = Call.objects.filter(exchange=exchange, call_id=event.call_id).first()
    known = call.events.filter(kind=event.kind).first() if call else None
    if known is not None and known.digest != event.digest:
        raise Invalid("event_differs")
    if call is None or known is None:
        is_new = call is None
        call = call or _open(exchange, event)
        CallEvent.objects.create(call=call, kind=event.kind, said=event.facts, digest=event.digest)
        _settle(call, exchange, is_new=is_new)
    exchange.heard_at = timezone.now()
    exchange.save(update_fields=["heard_at"])
    failpoint("calls.heard")
    return call


def _open(exchange: Exchange, event: rules.CallEvent) -> Call:
    """A conversation with whoever is on the other side; a number says who it may be and proves nothing."""
    context: dict[str, Any] = {}
    chat.start_conversation(
        channel=Channel.PHONE,
        correspondent_name=name_of_number(event.number),
        is_shared=True,
        context=context,
        started_at=event.started_at,
    )
    return Call.objects.create(
        ticket=context["ticket"],
        exchange=exchange,
        call_id=event.call_id,
        direction=event.direction,
        state=Call.State.RINGING,
        number=event.number,
        line=event.line,
        started_at=event.started_at,
    )


def name_of_number(number: str) -> str:
    """How somebody is called of whom only the number is known, if that."""
    with override(settings.LANGUAGE_CODE):
        return rules.shown_number(number) or gettext("Hidden number")


def _settle(call: Call, exchange: Exchange, *, is_new: bool) -> None:
    """What all events say together; what is new moves the clock, gives the ticket to whoever answered, and is told."""
    ticket = lock_ticket(call.ticket_id)
    settled = rules.settle({each.kind: each.said for each in call.events.all()})
    was_answered, was_over, former = call.answered_at is not None, call.is_over, call.agent_id
    call.state, call.started_at, call.answered_at = settled.state, settled.started_at, settled.answered_at
    call.ended_at, call.recording = settled.ended_at, settled.recording
    if call.answered_at or call.direction == Call.Direction.OUTBOUND:
        call.agent = staff_at(exchange, settled.agent)
    call.save()
    if call.direction == Call.Direction.INBOUND:
        _move_clock(ticket, call, is_new=is_new, is_answered=call.answered_at is not None and not was_answered)
    is_new_to_it = call.agent_id not in {former, ticket.assignee_id}
    if call.agent and is_new_to_it and ticket.status != Ticket.Status.RESOLVED:
        assign(ticket=ticket, agent=call.agent, reason=Assignment.Reason.TAKEN)
    if call.is_over and not (was_over and was_answered == (call.answered_at is not None)):
        tell_of_call(ticket=ticket, call=call)
    announce_change(Ticket.objects.get(pk=ticket.pk))


def staff_at(exchange: Exchange, said: str) -> User | None:
    """The staff member at an extension, or of an e-mail address."""
    email = exchange.extensions.get(said, said)
    found = User.objects.filter(email__iexact=email, deactivated_at=None).exclude(role=Role.PROBE) if said else None
    return found.first() if found is not None else None


def tell_of_call(*, ticket: Ticket, call: Call) -> None:
    """One line in the transcript, for both sides."""
    data: dict[str, Any] = {"lasted": call.lasted, "waited": call.waited} if call.answered_at else {}
    data |= {"agent": call.agent.display_name} if call.agent and call.answered_at else {}
    kind = "call" if call.answered_at else "missed_call"
    chat.record_fact(conversation=ticket.conversation, kind=kind, data=data, public=True)


def _move_clock(ticket: Ticket, call: Call, *, is_new: bool, is_answered: bool) -> None:
    """Somebody who rings waits from the first ring; a call that nobody answered is owed an answer still."""
    promised = promises()
    clock = Clock(**{each.name: getattr(ticket, each.name) for each in fields(Clock)})
    if is_new:
        promise = promised.for_ticket(ticket.channel, ticket.topic_id)
        clock = sla.ask(clock, call.started_at, promise=promise, week=promised.week)
    if is_answered and call.answered_at:
        clock, answered = sla.answer(clock, call.answered_at, week=promised.week)
        if answered:
            record_event(ticket=ticket, kind="answered", at=call.answered_at, user=call.agent, **answer_data(answered))
    for name, value in asdict(clock).items():
        setattr(ticket, name, value)
    ticket.save(update_fields=list(asdict(clock)))
