"""Low answers that somebody looks into."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quality import access
from quality.actions import follow_ups as actions
from quality.errors import OutcomeMissing
from quality.queries.surveys import open_follow_ups
from quality.serializers.voice import follow_up_rows
from quality.views.reader import reader_of
from tickets.access import supervisor_of

SHOWN = 100


@require_GET
def show_follow_ups(request: HttpRequest) -> HttpResponse:
    supervisor_of(reader_of(request))
    rows = follow_up_rows(open_follow_ups()[:SHOWN], now=timezone.now())
    return render(request, "quality/surveys/follow_ups.html", {"section": "quality", "rows": rows})


@require_POST
def take(request: HttpRequest, follow_up: int) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    actions.take_follow_up(follow_up=access.follow_up_for(by, follow_up), by=by)
    return redirect("quality-follow-ups")


@require_POST
def finish(request: HttpRequest, follow_up: int) -> HttpResponse:
    by = supervisor_of(reader_of(request))
    try:
        outcome = str(request.POST.get("outcome", ""))
        actions.finish_follow_up(follow_up=access.follow_up_for(by, follow_up), by=by, outcome=outcome)
    except OutcomeMissing as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("Done."))
    return redirect("quality-follow-ups")
