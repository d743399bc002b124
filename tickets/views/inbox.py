"""The agent's screen and its right panel."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from chat.models import Channel
from chat.words import conversation_words
from identity import actions as identity
from identity.authentication import address_of
from tickets import access
from tickets.models import TicketLink
from tickets.queries.calls import call_of, paper_of
from tickets.queries.identity_panel import identity_panel
from tickets.queries.links import links_of
from tickets.queries.panel import panel_of
from tickets.views.promise_words import beside
from tickets.words import availability_choices, inbox_words, keyboard

PLACES = range(1, 6)


@require_GET
def inbox(request: Any, number: int | None = None) -> HttpResponse:
    if number is not None:
        access.ticket_for(request.user, number)
    context = {
        "section": "inbox",
        "number": number,
        "places": PLACES,
        "words": inbox_words(),
        "conversation_words": conversation_words(),
        "availability_choices": availability_choices(),
        "keyboard": keyboard(),
        "fetches_pictures": settings.MAIL_REMOTE_PICTURES,
        "undo_time": settings.MAIL_UNDO_TIME,
    }
    return render(request, "tickets/inbox.html", context)


@require_GET
def context(request: Any, number: int) -> HttpResponse:
    ticket = access.ticket_for(request.user, number)
    panel = panel_of(ticket=ticket, user=request.user)
    desk = identity_panel(ticket=ticket, user=request.user) if ticket.channel != Channel.CHAT else None
    shown: dict[str, Any] = {"panel": panel, "desk": desk, "call": call_of(ticket), "paper": paper_of(ticket)}
    shown |= {"promise": beside(ticket), "links": links_of(ticket, request.user), "link_kinds": TicketLink.Kind.choices}
    return render(request, "tickets/inbox/_context.html", shown)


@require_POST
def reveal_phone(request: HttpRequest, number: int) -> HttpResponse:
    user = access.staff_of(request.user)
    ticket = access.ticket_for(user, number)
    borrower = access.known_borrower_of(ticket)
    identity.record_audit(
        code="phone.revealed",
        actor=user,
        object_kind="borrower",
        object_id=str(borrower.pk),
        address=address_of(request),
        ticket=ticket.number,
    )
    return render(request, "tickets/inbox/_phone.html", {"phone": borrower.phone})
