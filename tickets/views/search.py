"""One box over messages, people, tickets and the names of files."""

from typing import Any

from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tickets import access
from tickets.forms.search import SearchForm
from tickets.queries import search_page


@require_GET
def search(request: Any) -> HttpResponse:
    """``query`` and ``tab``, what it is narrowed to, and ``before``: where the page before this one ended."""
    user = access.staff_of(request.user)
    form = SearchForm(data=request.GET, choices=search_page.choices(request.GET.get("topic", "")))
    said = form.narrowed() if form.is_valid() else {}
    context: dict[str, Any] = {"section": "search", "form": form}
    try:
        if said:
            context["found"] = search_page.found(user, **said)
    except OperationalError:  # Postgres gave the question up
        context["gave_up"] = True
    template = "tickets/search_results.html" if request.htmx else "tickets/search.html"
    return render(request, template, context)
