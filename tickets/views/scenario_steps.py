"""The player of a scenario in the right panel: one step, one press. The panel is drawn anew by its own address."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from tickets import access, actions
from tickets.errors import Invalid, TicketError
from tickets.forms.steps import MarkForm


@require_POST
def mark(request: Any, number: int, step: int) -> HttpResponse:
    """Take the step, skip it or take it back. For the panel a refusal is its words alone; without script, a page."""
    user = access.staff_of(request.user)
    ticket = access.led_ticket_for(user, number)
    try:
        form = MarkForm(request.POST)
        if not form.is_valid():
            raise Invalid("unknown_step")
        if form.mark:
            actions.mark_step(ticket=ticket, step=step, mark=form.mark, by=user)
        else:
            actions.take_step_back(ticket=ticket, step=step, number=form.cleaned_data["number"], by=user)
    except TicketError as refusal:
        if not request.htmx:
            raise
        return _told(str(refusal.message), refusal.status)
    return _told("", 200) if request.htmx else redirect("inbox-ticket", number)


def _told(words: str, status: int) -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    answer["X-Panel"] = "scenario"
    return answer
