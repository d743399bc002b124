"""The register of written appeals: its page, its file, and what is done with one of them."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import access
from tickets.actions import appeals as actions
from tickets.actions import tickets as work
from tickets.forms.promises import AppealForm, AppealsForm, EndingForm
from tickets.models import Appeal
from tickets.queries import promise_rows
from tickets.queries.appeals import SHOWN, lines, register


@require_GET
def appeals(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    chosen = AppealsForm(request.GET).chosen()
    context = {
        "section": "staff", "chosen": chosen, "rows": lines(register(chosen)[:SHOWN]),
        "channels": Appeal.Channel.choices,
        "endings": Appeal.Ending.choices, "today": timezone.localdate(), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "tickets/appeals.html", context)


@require_GET
def export(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="appeals.csv"'
    table = csv.writer(answer, delimiter=";")
    table.writerow([
        _("Number"), _("Received"), _("Channel"), _("Ticket"), _("Due"), _("Extended, why"), _("Ended"), _("How"),
        _("By whom"), _("Working days left"),
    ])  # fmt: skip
    for row in lines(register(AppealsForm(request.GET).chosen())):
        one = row.appeal
        by = one.ended_by.full_name if one.ended_by else ""
        told = [one.number, one.received_on, one.get_channel_display(), one.ticket_id, one.due_on, one.extension_reason]
        cells = [*told, one.ended_on or "", one.get_ending_display(), by, row.left]
        table.writerow([_plain(cell) for cell in cells])
    return answer


def _plain(cell: object) -> object:
    """Words are never a formula for the program that opens the file."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


@require_POST
def enter(request: Any, number: int) -> HttpResponse:
    ticket = access.led_ticket_for(access.staff_of(request.user), number)
    form = AppealForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name the day it came and the channel."))
        return redirect("inbox-ticket", number)
    actions.register_appeal(ticket=ticket, by=request.user, **form.cleaned_data)
    return redirect("inbox-ticket", number)


@require_POST
def extend(request: Any, appeal_id: int) -> HttpResponse:
    appeal = promise_rows.appeal_for(request.user, appeal_id)
    actions.extend_appeal(appeal=appeal, reason=request.POST.get("reason", "")[:500], by=request.user)
    return redirect("appeals")


@require_POST
def end(request: Any, appeal_id: int) -> HttpResponse:
    appeal = promise_rows.appeal_for(request.user, appeal_id)
    form = EndingForm(request.POST)
    if form.is_valid():
        actions.end_appeal(appeal=appeal, by=request.user, **form.cleaned_data)
    else:
        messages.error(request, _("Name how it ended and the day."))
    return redirect("appeals")


@require_POST
def set_priority(request: Any, number: int) -> HttpResponse:
    ticket = access.led_ticket_for(access.staff_of(request.user), number)
    work.set_priority(ticket=ticket, priority=request.POST.get("priority", ""), by=request.user)
    return redirect("inbox-ticket", number)


@require_POST
def need_answer(request: Any, number: int) -> HttpResponse:
    ticket = access.led_ticket_for(access.staff_of(request.user), number)
    work.need_answer(ticket=ticket, by=request.user)
    return redirect("inbox-ticket", number)
