"""The service report: chat against e-mail, every figure with its definition."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from supportdesk.realtime import replica
from tickets import access
from tickets.forms import PeriodForm
from tickets.queries.curves import first_answers
from tickets.queries.reports import facts_and_report, period_of


@require_GET
def reports(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    asked = PeriodForm(data={name: value for name, value in request.GET.items() if value})
    asked.is_valid(raise_exception=False)
    since, until = period_of(asked.validated_data.get("since"), asked.validated_data.get("until"))
    (facts, report), as_of = replica.read(facts_and_report, since=since, until=until)
    pictures, rows = first_answers(facts)
    context = {
        "section": "reports",
        "since": since,
        "until": until - timedelta(microseconds=1),  # the last day shown is the last one counted
        "report": report,
        "as_of": as_of,
        "pictures": pictures,
        "rows": rows,
        "problems": asked.errors,
    }
    return render(request, "tickets/reports.html", context)
