"""Two tickets that have to do with one another. A link says so and changes neither."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from identity.models import User
from tickets.actions.events import record_event
from tickets.actions.locking import lock_tickets
from tickets.errors import Invalid
from tickets.models import Ticket, TicketLink


@transaction.atomic
def link_tickets(*, ticket: Ticket, other: Ticket, kind: str, by: User) -> TicketLink:
    """Link two different tickets that are not linked yet, in either direction; written to the log of both."""
    if ticket.number == other.number:
        raise Invalid("linked_to_itself")
    lock_tickets([ticket.conversation_id, other.conversation_id])
    if TicketLink.objects.filter(Q(ticket=ticket, other=other) | Q(ticket=other, other=ticket)).exists():
        raise Invalid("linked_already")
    link = TicketLink.objects.create(ticket=ticket, other=other, kind=kind, made_by=by)
    _write_down(link, "linked", by)
    return link


@transaction.atomic
def remove_link(*, link: TicketLink, by: User) -> None:
    """Take a link back; the log of both tickets keeps that it was there."""
    _write_down(link, "unlinked", by)
    link.delete()


def _write_down(link: TicketLink, kind: str, by: User) -> None:
    now = timezone.now()
    for one, another in ((link.ticket, link.other), (link.other, link.ticket)):
        record_event(ticket=one, kind=kind, at=now, user=by, other=another.number, link=link.kind)
