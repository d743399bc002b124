"""Calls: the form for one taken by hand, what was said in any, and the way to a recording."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from identity.actions import record_audit
from identity.authentication import address_of
from identity.errors import DeskError
from identity.models import Borrower
from identity.rules.pii import mask_phone
from tickets import access
from tickets.actions.calls_by_hand import record_call, write_down
from tickets.errors import NotVisible
from tickets.forms import CallForm, WrittenDownForm
from tickets.queries.calls import call_of
from tickets.queries.identity import people_like

USUAL = timedelta(minutes=5)
FORM = "tickets/calls/record.html"


@sensitive_post_parameters("note", "number", "query")
@require_http_methods(["GET", "POST"])
def record(request: Any) -> HttpResponse:
    """A call taken by hand. Looking for the person keeps what is typed and finds nothing wrong yet."""
    user = access.staff_of(request.user)
    known = given_borrower(request)
    began = timezone.localtime() - USUAL
    initial = {
        "direction": "in",
        "started_at": began.strftime("%Y-%m-%dT%H:%M"),
        "number": known.phone if known else "",
    }
    form = form_of(CallForm, request, initial=initial)
    people = people_of(request, known)
    if not form.is_bound or not form.is_valid():
        return form_page(request, FORM, form, people, known)
    try:
        ticket = record_call(by=user, said=form.cleaned_data, claimed=chosen(request, people))
    except DeskError as refusal:
        form.add_error(None, str(refusal.message))
        return form_page(request, FORM, form, people, known)
    return redirect("inbox-ticket", ticket.pk)


@sensitive_post_parameters("note")
@require_http_methods(["GET", "POST"])
def call(request: Any, number: int) -> HttpResponse:
    """One call: its facts, and the form for what was said in it."""
    user = access.staff_of(request.user)
    ticket = access.ticket_for(user, number)
    found = call_of(ticket)
    if found is None:
        raise NotVisible
    initial = {
        "topic": ticket.topic.code if ticket.topic else "",
        "outcome": found.outcome,
        "next_step": found.next_step,
    }
    form = WrittenDownForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        if ticket.assignee is not None:
            ticket = access.led_ticket_for(user, number)
        write_down(ticket=ticket, by=user, said=form.cleaned_data)
        return redirect("inbox-ticket", number)
    context = {"section": "inbox", "ticket": ticket, "call": found, "form": form}
    return render(request, "tickets/calls/call.html", context, status=400 if form.errors else 200)


@require_GET
def recording(request: Any, number: int) -> HttpResponse:
    """The way to a recording: for those who may read the ticket, and recorded. The address itself is on no page."""
    user = access.staff_of(request.user)
    ticket = access.ticket_for(user, number)
    found = call_of(ticket)
    if found is None or not found.recording:
        raise NotVisible
    record_audit(
        code="call.listened", actor=user, object_kind="ticket", object_id=ticket.pk, address=address_of(request)
    )
    answer = HttpResponseRedirect(found.recording)
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "no-store"
    return answer


def form_of(kind: type[forms.Form], request: Any, *, initial: dict[str, Any]) -> forms.Form:
    """Bound when it is sent; while somebody only looks for a person, the same words without complaints."""
    if request.method != "POST":
        return kind(initial=initial)
    if "find" in request.POST:
        return kind(initial=request.POST.dict())
    return kind(request.POST, request.FILES)


def given_borrower(request: Any) -> Borrower | None:
    """Whose page the form was opened from."""
    given = request.POST.get("borrower") or request.GET.get("borrower")
    if not given:
        return None
    try:
        return access.borrower_visible_to(request.user, UUID(given))
    except ValueError:
        raise NotVisible from None


def people_of(request: Any, known: Borrower | None) -> list[Borrower]:
    """Whom it may be: the borrower of the page, and whoever was found; a search goes into the journal."""
    query = request.POST.get("query", "").strip()[:100]
    found = people_like(query) if query else []
    if "find" in request.POST and query:
        record_audit(code="call.person_searched", actor=request.user, address=address_of(request), found=len(found))
    return [*([known] if known else []), *(each for each in found if each != known)]


def chosen(request: Any, people: list[Borrower]) -> Borrower | None:
    return next((each for each in people if str(each.pk) == request.POST.get("who")), None)


def form_page(request: Any, template: str, form: forms.Form, people: list[Borrower], known: Borrower | None) -> Any:
    """The form with whoever was found, and the words that were typed."""
    context = {
        "section": "inbox",
        "form": form,
        "people": [(one, mask_phone(one.phone) if one.phone else "") for one in people],
        "known": known,
        "who": request.POST.get("who", str(known.pk) if known else ""),
        "query": request.POST.get("query", ""),
        "searched": "find" in request.POST,
    }
    return render(request, template, context, status=400 if form.errors else 200)
