"""A chat that the agent begins."""

from django.db import transaction
from django.utils import timezone

from chat import actions as chat
from chat.models import Channel
from identity.models import Borrower, User
from supportdesk.realtime import publish_on_commit
from tickets.actions.assignments import place
from tickets.actions.locking import lock_tickets
from tickets.errors import Taken
from tickets.models import Assignment, Ticket
from tickets.queries.waiting import queue_view


@transaction.atomic
def start_chat(*, borrower: Borrower, by: User, topic_code: str = "") -> Ticket:
    """Open a chat with the borrower in one of the agent's own places, or take their waiting one."""
    context = {"topic": topic_code} if topic_code else {}
    conversation = chat.start_conversation(
        channel=Channel.CHAT, borrower=borrower, language=borrower.language, context=context
    )
    ticket = lock_tickets([conversation.pk])[0]
    if ticket.assignee == by:
        return ticket
    if ticket.assignee is not None:
        raise Taken(ticket.assignee.display_name)
    place(ticket=ticket, agent=by, by=by, reason=Assignment.Reason.INVITED, at=timezone.now())
    _tell_the_borrower(ticket, borrower)
    return ticket


def _tell_the_borrower(ticket: Ticket, borrower: Borrower) -> None:
    """To every socket of the borrower: none of them has heard of the conversation yet."""
    frame = {"type": "queue.moved", "conversation": str(ticket.conversation_id), "ticket": queue_view(ticket)}
    publish_on_commit(f"actor.{borrower.pk}", frame)
