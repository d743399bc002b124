"""Letters on paper and of the regulator's portal: registering one, composing, printing and sending the answer."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from identity.errors import DeskError
from tickets import access
from tickets.actions import paper as actions
from tickets.errors import NotVisible
from tickets.forms import PaperAnswerForm, PaperForm, PaperSentForm
from tickets.models import Ticket
from tickets.queries.calls import paper_of
from tickets.queries.paper import begun_answer, sent_answers
from tickets.views.calls import chosen, form_of, form_page, given_borrower, people_of

FORM = "tickets/paper/register.html"


@sensitive_post_parameters("body", "sender", "sender_address", "query")
@require_http_methods(["GET", "POST"])
def register(request: Any) -> HttpResponse:
    """A letter that came by post or through the portal. What is typed stays when something is wrong; files do not."""
    user = access.staff_of(request.user)
    known = given_borrower(request)
    initial = {"received_on": timezone.localdate().isoformat(), "sender": known.full_name if known else ""}
    form = form_of(PaperForm, request, initial=initial)
    people = people_of(request, known)
    if not form.is_bound or not form.is_valid():
        return form_page(request, FORM, form, people, known)
    said = form.cleaned_data
    try:
        ticket = actions.register_letter(by=user, said=said, scans=said["scans"], claimed=chosen(request, people))
    except DeskError as refusal:
        form.add_error("incoming_number" if refusal.code == "number_taken" else "scans", str(refusal.message))
        return form_page(request, FORM, form, people, known)
    return redirect("inbox-ticket", ticket.pk)


@sensitive_post_parameters("body")
@require_http_methods(["GET", "POST"])
def answer(request: Any, number: int) -> HttpResponse:
    """The answer that is begun, and those that were sent."""
    user = access.staff_of(request.user)
    ticket = _letter(request, number)
    begun = begun_answer(ticket)
    form = PaperAnswerForm(request.POST or None, initial={"body": begun.body if begun else ""})
    if form.is_bound and form.is_valid():
        actions.keep_answer(ticket=access.led_ticket_for(user, number), body=form.cleaned_data["body"], by=user)
        return redirect("paper-answer", number)
    return _answer_page(request, ticket, form=form)


@require_POST
def print_out(request: Any, number: int) -> HttpResponse:
    """A sheet for the printer: nothing but the letter."""
    user = access.staff_of(request.user)
    ticket = access.led_ticket_for(user, number)
    begun = begun_answer(ticket)
    if begun is None:
        raise NotVisible
    try:
        actions.mark_printed(answer=begun, by=user)
    except DeskError as refusal:
        return _answer_page(request, ticket, problem=str(refusal.message))
    context = {"answer": begun, "ticket": ticket, "paper": paper_of(ticket)}
    return render(request, "tickets/paper/sheet.html", context)


@require_POST
def sent(request: Any, number: int) -> HttpResponse:
    """The answer has left: number, day, and the scan of what was signed."""
    user = access.staff_of(request.user)
    ticket = access.led_ticket_for(user, number)
    begun = begun_answer(ticket)
    if begun is None:
        raise NotVisible
    form = PaperSentForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer_page(request, ticket, sending=form)
    try:
        actions.send_answer(answer=begun, by=user, **form.cleaned_data)
    except DeskError as refusal:
        form.add_error("outgoing_number" if refusal.code == "number_taken" else None, str(refusal.message))
        return _answer_page(request, ticket, sending=form)
    return redirect("inbox-ticket", number)


def _letter(request: Any, number: int) -> Ticket:
    ticket = access.ticket_for(request.user, number)
    if paper_of(ticket) is None:
        raise NotVisible
    return ticket


def _answer_page(request: Any, ticket: Ticket, *, problem: str = "", **shown: forms.Form) -> HttpResponse:
    begun = begun_answer(ticket)
    wrong = bool(problem) or any(form.errors for form in shown.values())
    context = {
        "section": "inbox",
        "ticket": ticket,
        "paper": paper_of(ticket),
        "begun": begun,
        "answers": sent_answers(ticket),
        "is_theirs": ticket.assignee_id == request.user.pk or request.user.is_supervisor,
        "problem": problem,
        "form": shown.get("form") or PaperAnswerForm(initial={"body": begun.body if begun else ""}),
        "sending": shown.get("sending") or PaperSentForm(initial={"sent_on": timezone.localdate().isoformat()}),
    }
    return render(request, "tickets/paper/answer.html", context, status=400 if wrong else 200)
