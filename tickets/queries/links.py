"""Which other tickets one has to do with, as far as the person may read them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from identity.models import User
from tickets import access
from tickets.errors import NotVisible
from tickets.models import Ticket, TicketLink

Kind = TicketLink.Kind
BACK: dict[str, Any] = {
    Kind.RELATED: Kind.RELATED.label,
    Kind.DUPLICATE: pgettext_lazy("link", "repeated in"),
    Kind.FOLLOW_UP: pgettext_lazy("link", "goes on in"),
}


@dataclass(frozen=True)
class Linked:
    """``words`` say how the ticket of the panel stands to ``ticket``; without ``link`` the desk found it by itself."""

    words: Any
    ticket: Ticket
    link: int | None


def links_of(ticket: Ticket, user: User) -> list[Linked]:
    """Where a letter goes on from first, then what people linked, the oldest first."""
    found = [*_followed(ticket), *_linked(ticket)]
    known = access.tickets_visible_to(user).in_bulk({number for _words, number, _link in found}) if found else {}
    return [Linked(words, known[number], link) for words, number, link in found if number in known]


def link_of(ticket: Ticket, link_id: int) -> TicketLink:
    """A link of this ticket, whoever made it and from whichever side."""
    links = TicketLink.objects.select_related("ticket", "other")
    link = links.filter(Q(ticket=ticket) | Q(other=ticket), pk=link_id).first()
    if link is None:
        raise NotVisible
    return link


def _followed(ticket: Ticket) -> list[tuple[Any, int, int | None]]:
    before = [(Kind.FOLLOW_UP.label, ticket.previous_id, None)] if ticket.previous_id else []
    after = Ticket.objects.filter(previous=ticket).order_by("number").values_list("number", flat=True)
    return [*before, *((BACK[Kind.FOLLOW_UP], number, None) for number in after)]


def _linked(ticket: Ticket) -> list[tuple[Any, int, int | None]]:
    links = TicketLink.objects.filter(Q(ticket=ticket) | Q(other=ticket)).order_by("pk")
    return [
        (link.get_kind_display(), link.other_id, link.pk)
        if link.ticket_id == ticket.pk
        else (BACK[link.kind], link.ticket_id, link.pk)
        for link in links
    ]
