"""Links between tickets, made and taken back beside the conversation."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tickets import access
from tickets.actions import links as actions
from tickets.errors import Invalid, NotVisible
from tickets.forms.links import LinkForm
from tickets.queries.links import link_of


@require_POST
def add(request: Any, number: int) -> HttpResponse:
    user = access.staff_of(request.user)
    ticket = access.led_ticket_for(user, number)
    form = LinkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the number of the other ticket."))
        return redirect("inbox-ticket", number)
    try:
        other = access.ticket_for(user, form.cleaned_data["other"])
        actions.link_tickets(ticket=ticket, other=other, kind=form.cleaned_data["kind"], by=user)
    except NotVisible:
        messages.error(request, _("There is no ticket %(number)s.") % {"number": form.cleaned_data["other"]})
    except Invalid as refused:
        messages.error(request, str(refused.message))
    return redirect("inbox-ticket", number)


@require_POST
def remove(request: Any, number: int, link_id: int) -> HttpResponse:
    user = access.staff_of(request.user)
    ticket = access.led_ticket_for(user, number)
    actions.remove_link(link=link_of(ticket, link_id), by=user)
    return redirect("inbox-ticket", number)
