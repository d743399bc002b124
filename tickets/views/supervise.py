"""The shift: who waits, who answers, and any open conversation to look into."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.words import conversation_words
from tickets import access
from tickets.queries.panel import panel_of
from tickets.queries.shift import shift_now
from tickets.words import company_words, mention_words


@require_GET
def supervise(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    template = "tickets/_shift.html" if request.htmx else "tickets/supervise.html"
    return render(request, template, {"section": "supervise", "shift": shift_now(), "words": mention_words()})


@require_GET
def look(request: Any, number: int) -> HttpResponse:
    supervisor = access.supervisor_of(request.user)
    ticket = access.ticket_for(supervisor, number)
    panel = panel_of(ticket=ticket, user=supervisor)
    words = {"conversation_words": conversation_words(), "words": company_words() | mention_words()}
    context = {"section": "supervise", "ticket": ticket, "panel": panel} | words
    return render(request, "tickets/look.html", context)
