"""A call that no exchange told of, and what was said in any: written down by whoever spoke."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from chat import actions as chat
from chat.models import Channel
from identity.actions import record_audit
from identity.models import Borrower, User
from tickets.actions.assignments import assign
from tickets.actions.calls import name_of_number, tell_of_call
from tickets.actions.locking import lock_ticket
from tickets.actions.tickets import resolve, set_topic
from tickets.models import Assignment, Call, Ticket, Topic
from tickets.queries.calls import may_link


@transaction.atomic
def record_call(*, by: User, said: Mapping[str, Any], claimed: Borrower | None = None) -> Ticket:
    """Write down a call: its conversation, its ticket in one's own hands, and what was said.

    ``claimed`` is a candidate for the identity desk, unless the staff member reads all of that borrower anyway.
    """
    started_at: datetime = said["started_at"]
    lasted: timedelta = said["lasted"]
    is_linked = claimed is not None and may_link(by, claimed)
    context: dict[str, Any] = {"topic": said["topic"]}
    chat.start_conversation(
        channel=Channel.PHONE,
        borrower=claimed if is_linked else None,
        correspondent_name=name_of_number(said["number"]),
        context=context,
        started_at=started_at,
    )
    ticket: Ticket = context["ticket"]
    call = Call.objects.create(
        ticket=ticket,
        direction=said["direction"],
        state=Call.State.ANSWERED,
        number=said["number"],
        claimed=claimed,
        agent=by,
        started_at=started_at,
        answered_at=started_at,
        ended_at=started_at + lasted,
        recorded_by=by,
    )
    assign(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.TAKEN)
    Ticket.objects.filter(pk=ticket.pk).update(first_response_at=started_at, staff_wrote_at=started_at)
    tell_of_call(ticket=ticket, call=call)
    whose = str(claimed.pk) if claimed else ""
    record_audit(
        code="call.recorded", actor=by, object_kind="ticket", object_id=ticket.pk, borrower=whose, linked=is_linked
    )
    return write_down(ticket=ticket, by=by, said=said)


@transaction.atomic
def write_down(*, ticket: Ticket, by: User, said: Mapping[str, Any]) -> Ticket:
    """What was said in a call and what comes of it; whoever writes it down leads the ticket from then on."""
    ticket = lock_ticket(ticket.pk)
    if ticket.status != Ticket.Status.RESOLVED and ticket.assignee is None:
        assign(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.TAKEN)
    set_topic(ticket=ticket, topic=Topic.objects.get(code=said["topic"]), by=by)
    chat.post_message(conversation=ticket.conversation, author=by, body=said["note"], kind="note")
    Call.objects.filter(ticket=ticket).update(outcome=said["outcome"], next_step=said["next_step"])
    ticket = lock_ticket(ticket.pk)
    if said["outcome"] == Call.Outcome.SOLVED and ticket.status != Ticket.Status.RESOLVED:
        resolve(ticket=ticket, by=by)
    return ticket
