"""Settings of promises and calendars: a supervisor reads them, an administrator changes them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity.models import Role
from tickets import access
from tickets.actions import promises as actions
from tickets.forms.promises import CalendarDayForm, CalendarForm, PolicyForm, PreviewForm, ProductionDayForm, span_text
from tickets.models import CalendarDay, SlaTarget
from tickets.queries import promise_rows
from tickets.queries import promises as queries
from tickets.rules import production, sla
from tickets.views.promise_words import named_words


@require_GET
def policies(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    form = PreviewForm(request.GET)
    at = timezone.make_aware(form.cleaned_data["at"].replace(tzinfo=None)) if form.is_valid() else timezone.now()
    rows = [(each, named_words(each), _times(each), _preview(each, at)) for each in queries.policy_rows()]
    context = {"section": "staff", "rows": rows, "at": at, "may_change": request.user.role == Role.ADMIN}
    return render(request, "tickets/promises/list.html", context)


def _times(policy: SlaTarget) -> list[str]:
    times = (policy.first_response_time, policy.next_response_time, policy.resolution_time)
    return [span_text(each) or "—" for each in times]


def _preview(policy: SlaTarget, at: datetime) -> datetime:
    """When the first answer would be due if somebody wrote at that moment."""
    promised = queries.promises()
    week = promised.weeks.get(policy.calendar_id, promised.week)
    return sla.add_working(week, at, policy.first_response_time)


@require_http_methods(["GET", "POST"])
def policy(request: Any, target_id: int | None = None) -> HttpResponse:
    access.administrator_of(request.user)
    known = promise_rows.policy_for(request.user, target_id) if target_id else None
    form = PolicyForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        actions.save_policy(policy=form.made(), by=request.user)
        messages.success(request, _("Saved. It holds for clocks that start from now on."))
        return redirect("policies")
    context = {"section": "staff", "form": form, "policy": known}
    return render(request, "tickets/promises/policy.html", context, status=400 if form.errors else 200)


@require_POST
def remove_policy(request: Any, target_id: int) -> HttpResponse:
    actions.remove_policy(policy=promise_rows.policy_for(request.user, target_id), by=request.user)
    return redirect("policies")


@require_GET
def calendars(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    year, entered = timezone.localdate().year, queries.entered_days()
    years = [
        (each, list(production.unusual_days(each, entered)), each in production.DECREED) for each in (year, year + 1)
    ]
    context = {
        "section": "staff", "calendars": queries.all_calendars(), "years": years, "form": ProductionDayForm(),
        "entered": queries.production_rows(), "may_change": request.user.role == Role.ADMIN,
    }  # fmt: skip
    return render(request, "tickets/calendars/list.html", context)


@require_http_methods(["GET", "POST"])
def calendar(request: Any, calendar_id: int | None = None) -> HttpResponse:
    access.administrator_of(request.user)
    known = promise_rows.calendar_for(request.user, calendar_id) if calendar_id else None
    form = CalendarForm(request.POST or None, instance=known, hours=queries.hours_of(known) if known else None)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_calendar(calendar=form.made(), rows=form.rows(), by=request.user)
        messages.success(request, _("Saved. It holds for clocks that start from now on."))
        return redirect("calendar", saved.pk)
    context = {"section": "staff", "form": form, "calendar": known, "day_form": CalendarDayForm()}
    return render(request, "tickets/calendars/calendar.html", context, status=400 if form.errors else 200)


@require_POST
def remove_calendar(request: Any, calendar_id: int) -> HttpResponse:
    actions.remove_calendar(calendar=promise_rows.calendar_for(request.user, calendar_id), by=request.user)
    return redirect("calendars")


@require_POST
def add_day(request: Any, calendar_id: int) -> HttpResponse:
    known = promise_rows.calendar_for(request.user, calendar_id)
    form = CalendarDayForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        hours = said["hours"][0] if said["hours"] else None
        actions.save_day(calendar=known, on=said["on"], hours=hours, note=said["note"], by=request.user)
    else:
        messages.error(request, _("Name the date, and hours as in 9:00-18:00 or none."))
    return redirect("calendar", calendar_id)


@require_POST
def remove_day(request: Any, day_id: int) -> HttpResponse:
    day: CalendarDay = promise_rows.calendar_day_for(request.user, day_id)
    actions.remove_day(day=day, by=request.user)
    return redirect("calendar", day.calendar_id)


@require_POST
def enter_production_day(request: Any) -> HttpResponse:
    access.administrator_of(request.user)
    form = ProductionDayForm(request.POST)
    if form.is_valid():
        actions.enter_production_day(by=request.user, **form.cleaned_data)
    else:
        messages.error(request, _("Name the date and what it is."))
    return redirect("calendars")


@require_POST
def remove_production_day(request: Any, production_id: int) -> HttpResponse:
    actions.remove_production_day(day=promise_rows.production_day_for(request.user, production_id), by=request.user)
    return redirect("calendars")
