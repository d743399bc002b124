"""The service report, the dialogs behind each of its figures, and tables of them to take away."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST, require_safe

from chat.models import Channel
from identity.actions import record_audit
from supportdesk.realtime import replica
from tickets import access
from tickets.actions.exports import ask_export, cancel_export, path_of
from tickets.errors import Invalid
from tickets.forms.reports import DialogsForm, ReportForm, asked_of, choices, kept, place_of, wanted_of
from tickets.queries.curves import first_answers
from tickets.queries.exports import export_for, exports_of, ready_export_for
from tickets.queries.report_dialogs import count_of, named, page_of, wanted_from
from tickets.queries.report_figures import NOTHING, occupancy_of, parallel_of, report_of
from tickets.rules.voices import MEASURES
from tickets.views.report_rows import agent_rows, answered, drawn_medians, heat_rows, table_rows, topic_rows
from tickets.views.report_tiles import tiles
from tickets.views.report_words import channel_words, definitions, figure_words, narrowed_words, spans

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@require_GET
def reports(request: Any) -> HttpResponse:
    access.supervisor_of(request.user)
    form = ReportForm(data={name: value for name, value in request.GET.items() if value})
    asked = asked_of(form.validated_data if form.is_valid() else {})
    report, copied_at = replica.read(report_of, asked=asked)
    waits = {one: report.found.get(("first_response", one), NOTHING).counts for one in (Channel.CHAT, Channel.EMAIL)}
    pictures, rows = first_answers(waits)
    context = {
        "section": "reports",
        "report": report,
        "asked": asked,
        "query": urlencode(_said(asked)),
        "as_of": min(filter(None, (copied_at, report.as_of)), default=None),
        "pictures": pictures,
        "rows": rows,
        "answered": answered(report),
        "spans": spans(asked),
        "tiles": tiles(report),
        "table": table_rows(report),
        "agent_rows": agent_rows(report),
        "topic_rows": topic_rows(report),
        "medians": drawn_medians(report),
        "heat": heat_rows(report),
        "parallel": (parallel_of(report.found), parallel_of(report.earlier)),
        "occupancy": (occupancy_of(report.found), occupancy_of(report.earlier)),
        "heads": [channel_words(one) for one in report.channels],
        "definitions": definitions(),
        "problems": form.errors,
        **choices(asked),
    }
    return render(request, "tickets/reports.html", context)


@require_GET
def dialogs(request: Any) -> HttpResponse:
    """What a figure was made of, page by page."""
    user = access.supervisor_of(request.user)
    form = DialogsForm(data={name: value for name, value in request.GET.items() if value != ""})
    if not form.is_valid():
        raise Invalid("unknown_figure")
    wanted, place = wanted_of(form.validated_data), place_of(form.validated_data)
    (rows, following), _ = replica.read(page_of, wanted=wanted, user=user, place=place)
    known = kept(wanted)
    after = {**known, "day": following.day, "skip": following.skip} if following else {}
    context = {
        "section": "reports",
        "wanted": wanted,
        "title": figure_words(wanted),
        "narrowed": narrowed_words(wanted, *named(wanted.asked)),
        "rows": rows,
        "count": count_of(wanted),
        "known": known,
        "query": urlencode(known),
        "after": urlencode(after),
        "is_first": place is None,
        "is_said": wanted.figure in MEASURES,
    }
    return render(request, "tickets/report_dialogs.html", context)


@require_GET
def exports(request: Any) -> HttpResponse:
    user = access.supervisor_of(request.user)
    template = "tickets/_exports.html" if request.htmx else "tickets/exports.html"
    known = [(one, figure_words(wanted_from(one.asked))) for one in exports_of(user)]
    return render(request, template, {"section": "reports", "exports": known, "is_going": _is_going(known)})


@require_POST
def export_ask(request: Any) -> HttpResponse:
    user = access.supervisor_of(request.user)
    said = {name: value for name, value in request.POST.items() if value != ""}
    form = DialogsForm(data=said)
    if not form.is_valid():
        raise Invalid("unknown_figure")
    wanted = wanted_of(form.validated_data)
    ask_export(by=user, asked=kept(wanted), form=said.get("format", "csv"), language=get_language() or "ru")
    return redirect("exports")


@require_POST
def export_cancel(request: Any, export_id: UUID) -> HttpResponse:
    cancel_export(export=export_for(request.user, export_id))
    return redirect("exports")


@require_safe
def export_file(request: Any, export_id: UUID) -> FileResponse:
    """For whoever asked, while it is kept."""
    export = ready_export_for(request.user, export_id)
    record_audit(code="export.taken", actor=export.asked_by, object_kind="export", object_id=str(export.pk))
    name = f"{export.asked['figure']}-{export.asked['since']}-{export.asked['until']}.{export.format}"
    handle = path_of(export).open("rb")
    return FileResponse(handle, as_attachment=True, filename=name, content_type=TYPES[export.format])


def _is_going(known: list[Any]) -> bool:
    return any(not export.is_over for export, _ in known)


def _said(asked: Any) -> dict[str, Any]:
    known = {"since": asked.since, "until": asked.until, "channel": asked.channel, "topic": asked.topic}
    return {name: value for name, value in {**known, "agent": asked.agent}.items() if value not in (None, "")}
