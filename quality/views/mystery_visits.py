"""A shopper's own page: their visits, and one from its beginning to the card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quality.actions import mystery as actions
from quality.actions.mystery import VisitRefused
from quality.forms.mystery import ObservationsForm
from quality.models import MysteryVisit
from quality.queries import mystery as queries
from quality.views.reader import reader_of


@require_safe
def show_own(request: HttpRequest) -> HttpResponse:
    """What waits for the shopper, and what they have done."""
    visits = queries.visits_of_shopper(reader_of(request))
    return render(request, "quality/mystery/mine.html", {"section": "quality", "visits": visits})


@require_http_methods(["GET", "HEAD", "POST"])
def show_own_visit(request: HttpRequest, own_visit: int) -> HttpResponse:
    """The legend and, once begun, under whose name to write; done with observations, then the card."""
    reader = reader_of(request)
    visit = queries.own_visit_for(reader, own_visit)
    form = ObservationsForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        return _page(request, visit, form)
    try:
        visit = actions.finish_visit(visit=visit, observations=form.cleaned_data, by=reader)
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
        return _page(request, queries.own_visit_for(reader, own_visit), form)
    messages.success(request, _("Thank you. Now fill in the card."))
    return redirect("mystery-own-visit", visit.pk)


@require_POST
def begin(request: HttpRequest, own_visit: int) -> HttpResponse:
    reader = reader_of(request)
    visit = queries.own_visit_for(reader, own_visit)
    try:
        actions.begin_visit(visit=visit, by=reader)
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
    return redirect("mystery-own-visit", visit.pk)


@require_POST
def open_card(request: HttpRequest, own_visit: int) -> HttpResponse:
    """The same card as of every review."""
    visit = queries.own_visit_for(reader_of(request), own_visit)
    try:
        card = actions.open_card(visit=visit)
    except VisitRefused as refused:
        messages.error(request, str(refused.message))
        return redirect("mystery-own-visit", visit.pk)
    return redirect("quality-card", card.pk)


def _page(request: HttpRequest, visit: MysteryVisit, form: ObservationsForm) -> HttpResponse:
    context = {"section": "quality", "visit": visit, "form": form, "card": queries.card_of(visit)}
    return render(request, "quality/mystery/own.html", context, status=400 if form.is_bound else 200)
