"""The one order of locks: conversation, then ticket, then slots. Whoever posts a message locks the same way."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from tickets.errors import NotVisible
from tickets.models import Ticket

LOCK_CONVERSATIONS = "select id from chat_conversation where id = any(%s::uuid[]) order by id for no key update"


def lock_ticket(number: int) -> Ticket:
    """The ticket as it is now, its conversation and itself locked until the end of the transaction."""
    conversation = Ticket.objects.filter(number=number).values_list("conversation_id", flat=True).first()
    if conversation is None:
        raise NotVisible
    return lock_tickets([conversation])[0]


def lock_tickets(conversations: Iterable[UUID]) -> list[Ticket]:
    """The same for several at once, by conversation."""
    wanted = list(conversations)
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CONVERSATIONS, [wanted])
    tickets = Ticket.objects.filter(conversation__in=wanted).order_by("number")
    locked = tickets.select_for_update(of=("self",), no_key=True)
    return list(locked.select_related("conversation", "assignee", "topic"))
