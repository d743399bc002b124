"""The identity desk beside a letter: one panel, drawn anew after each step. What is typed leaves with the request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from identity.authentication import address_of
from identity.errors import DeskError
from identity.rules.verification import FIELDS, clean_fields
from tickets import access
from tickets.actions import documents, verification
from tickets.actions.unmasking import unmask_letters
from tickets.errors import Invalid
from tickets.models import Ticket
from tickets.queries.identity_panel import identity_panel

SECRET = ("birth_date", "passport", "passport_tail", "full_name", "loan")


@require_POST
def identity(request: HttpRequest, number: int) -> HttpResponse:
    """The panel with another candidate, or with whom the agent looks for: a search goes into the journal."""
    user, ticket = _led(request, number)
    query = _query(request)
    if query.strip():
        verification.record_search(ticket=ticket, by=user, address=address_of(request))
    return _panel(request, ticket, chosen=request.POST.get("candidate", ""), query=query)


@sensitive_post_parameters(*SECRET)
@require_POST
def compare(request: HttpRequest, number: int) -> HttpResponse:
    """Yes or no from the lender for each field; of what was typed only the name stays in a form that was refused."""
    user, ticket = _led(request, number)
    given = {name: request.POST.get(name, "")[:200] for name in FIELDS}
    values, problems = clean_fields(given)
    try:
        borrower = access.candidate_for(ticket, request.POST.get("candidate", ""), query=_query(request))
        if problems:
            raise Invalid("unreadable_fields")
        verification.compare_fields(
            ticket=ticket, borrower=borrower, fields=values, by=user, address=address_of(request)
        )
    except DeskError as refusal:
        return _refused(request, ticket, refusal, problems=problems, full_name=given["full_name"])
    return _panel(request, ticket, chosen=str(borrower.pk), query=_query(request))


@require_POST
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    user, ticket = _led(request, number)
    try:
        borrower = access.candidate_for(ticket, request.POST.get("candidate", ""), query=_query(request))
        verification.confirm_identity(ticket=ticket, borrower=borrower, by=user, address=address_of(request))
    except DeskError as refusal:
        return _refused(request, ticket, refusal)
    return _settled(request, ticket)


@require_POST
def decline(request: HttpRequest, number: int) -> HttpResponse:
    user, ticket = _led(request, number)
    try:
        verification.decline_identity(ticket=ticket, by=user, address=address_of(request))
    except DeskError as refusal:
        return _refused(request, ticket, refusal)
    return _settled(request, ticket)


@require_POST
def ask_for_document(request: HttpRequest, number: int) -> HttpResponse:
    """A link to bring a photo; the script puts it into the answer."""
    user, ticket = _led(request, number)
    try:
        link = documents.make_upload_link(ticket=ticket, by=user)
    except DeskError as refusal:
        return _refused(request, ticket, refusal)
    words = documents.invitation_words(link)
    return _panel(request, ticket, chosen=request.POST.get("candidate", ""), query=_query(request), insert=words)


@sensitive_post_parameters("reason")
@require_POST
def unmask(request: HttpRequest, number: int) -> HttpResponse:
    """Numbers of documents that stand masked in the letters, for a reason that goes into the journal."""
    user, ticket = _led(request, number)
    try:
        found = unmask_letters(
            ticket=ticket, by=user, reason=request.POST.get("reason", ""), address=address_of(request)
        )
    except DeskError as refusal:
        return _refused(request, ticket, refusal)
    return _panel(request, ticket, chosen=request.POST.get("candidate", ""), query=_query(request), unmasked=found)


def _led(request: HttpRequest, number: int) -> tuple[Any, Ticket]:
    user = access.staff_of(request.user)
    return user, access.led_ticket_for(user, number)


def _query(request: HttpRequest) -> str:
    return request.POST.get("query", "")[:100]


def _panel(request: HttpRequest, ticket: Ticket, *, status: int = 200, **given: Any) -> HttpResponse:
    shown = {name: given.pop(name) for name in ("chosen", "query") if name in given}
    panel = identity_panel(ticket=ticket, user=access.staff_of(request.user), **shown)
    response = render(request, "tickets/inbox/_identity.html", {"desk": panel, **given}, status=status)
    response.headers["X-Panel"] = "identity"
    return response


def _refused(request: HttpRequest, ticket: Ticket, refusal: DeskError, **given: Any) -> HttpResponse:
    """The same panel with the reason above the form; names stay, everything else is gone."""
    chosen, query = request.POST.get("candidate", ""), _query(request)
    return _panel(request, ticket, status=refusal.status, problem=refusal.message, chosen=chosen, query=query, **given)


def _settled(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """The whole right panel changes: the script draws it anew."""
    response = HttpResponse(status=200)
    response.headers["X-Panel"] = "identity"
    response.headers["X-Settled"] = "yes"
    return response
