"""Borrowers an agent has talked with, and everything they and the desk ever said."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.words import conversation_words
from tickets import access
from tickets.queries.panel import found_borrowers, history_of, loan_card


@require_GET
def borrowers(request: Any) -> HttpResponse:
    query = request.GET.get("query", "").strip()[:100]
    found = found_borrowers(user=request.user, query=query)
    template = "tickets/_borrowers.html" if request.htmx else "tickets/borrowers.html"
    return render(request, template, {"section": "borrowers", "query": query, "found": found})


@require_GET
def borrower(request: Any, borrower_id: UUID) -> HttpResponse:
    person = access.borrower_visible_to(request.user, borrower_id)
    context = {
        "section": "borrowers",
        "borrower": person,
        "card": loan_card(person),
        "past": history_of(borrower=person, user=request.user),
        "conversation_words": conversation_words(),
    }
    return render(request, "tickets/borrower.html", context)
