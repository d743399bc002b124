"""Scoring the past again: runs with their progress; a new one, stopped, gone on with."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quality import access
from quality.actions.rescoring import resume_rescoring, start_rescoring, stop_rescoring
from quality.errors import NothingInForce
from quality.forms.moments import read_moment
from quality.models import Rescoring
from quality.queries.rescoring import rescorings
from quality.queries.standards import in_force_of, standards
from quality.views.reader import reader_of


@require_http_methods(["GET", "HEAD", "POST"])
def show_rescorings(request: HttpRequest) -> HttpResponse:
    access.first_standard_for(reader_of(request))
    if request.method == "POST":
        return _start(request)
    runs = rescorings()
    page: dict[str, Any] = {"section": "settings", "rescorings": runs, "standards": standards()}
    page["is_running"] = any(one.status == Rescoring.Status.RUNNING for one in runs)
    return render(request, "quality/standards/rescorings.html", page)


@require_POST
def stop(request: HttpRequest, rescoring: int) -> HttpResponse:
    reader = reader_of(request)
    stop_rescoring(rescoring=access.rescoring_for(reader, rescoring), by=reader)
    return redirect("rescorings")


@require_POST
def resume(request: HttpRequest, rescoring: int) -> HttpResponse:
    reader = reader_of(request)
    resume_rescoring(rescoring=access.rescoring_for(reader, rescoring), by=reader)
    return redirect("rescorings")


def _start(request: HttpRequest) -> HttpResponse:
    reader = reader_of(request)
    standard = access.standard_for(reader, request.POST.get("standard") or "service")
    version = in_force_of(standard)
    if version is None:
        raise NothingInForce
    day = request.POST.get("since", "")
    start_rescoring(version=version, by=reader, since=read_moment(f"{day}T00:00") if day else None)
    messages.success(request, _("The run has begun."))
    return redirect("rescorings")
