"""One box over messages, people, tickets and the names of files; and the bar of commands, which ends in it."""

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
    """``query`` and ``tab``, what it is narrowed to, and ``before``: where the page before this one ended.

    With ``shown`` a page that had no more time asks for the rest of itself, below so many lines.
    """
    user = access.staff_of(request.user)
    form = SearchForm(data=request.GET, choices=search_page.choices(request.GET.get("topic", "")))
    said = form.narrowed() if form.is_valid() else {}
    context: dict[str, Any] = {"section": "search", "form": form}
    try:
        if said:
            context["found"] = search_page.found(user, **said)
    except OperationalError:  # Postgres gave the question up
        context["gave_up"] = True
    is_rest = said and said["shown"] is not None
    partial = "tickets/search_more.html" if is_rest else "tickets/search_results.html"
    return render(request, partial if request.htmx else "tickets/search.html", context)


@require_GET
def counts(request: Any) -> HttpResponse:
    """The tabs with how many hits each has; the page asks for them when it is there. Empty when that takes too long."""
    user = access.staff_of(request.user)
    form = SearchForm(data=request.GET, choices=search_page.choices())
    context: dict[str, Any] = {}
    if form.is_valid():
        asked = form.narrowed()
        try:
            counted = search_page.counted(user, **{name: asked[name] for name in ("query", "tab", "narrowed")})
            context["found"] = counted
        except OperationalError:  # Postgres gave the question up
            return HttpResponse(status=204)  # the tabs stay without figures
    return render(request, "tickets/search_counts.html", context)


@require_GET
def commands(request: Any) -> HttpResponse:
    """The dialog of the command bar, with the pages of settings that this person may open; the page has the rest."""
    access.staff_of(request.user)
    return render(request, "tickets/commands.html")
