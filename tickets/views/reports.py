"""Service figures on a page: chat against e-mail, each with its published definition (docs/metrics.md)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tickets import access
from tickets.forms import PeriodForm
from tickets.queries.reports import ChannelFigures, ServiceReport, period_of, service_report
from tickets.rules.metrics import Ratio
from tickets.views.figures import duration_words, number_words, share_words


@dataclass(frozen=True)
class Line:
    """One metric of the table: what it is called, what it means, and the figure of each channel."""

    title: str
    meaning: str
    chat: str
    email: str


@require_GET
def reports(request: Any) -> HttpResponse:
    """``report`` (ServiceReport), ``lines``, ``stats``, and the period as two dates, the last one included."""
    access.supervisor_of(request.user)
    form = PeriodForm(data={name: value for name, value in request.GET.items() if value})
    asked: dict[str, Any] = dict(form.validated_data) if form.is_valid() else {}
    since, until = period_of(asked.get("since"), asked.get("until"))
    report = service_report(since=since, until=until)
    context = {
        "section": "reports",
        "report": report,
        "since": localtime(since).date(),
        "until": localtime(until - timedelta(microseconds=1)).date(),
        "lines": lines_of(report),
        "stats": stats_of(report),
        "is_empty": not any(channel.opened or channel.first_response.wait.n for channel in report.channels),
    }
    return render(request, "tickets/reports.html", context)


def lines_of(report: ServiceReport) -> list[Line]:
    """The table, metric by metric."""
    chat, letters = report.channels
    figures = [_figures(chat), _figures(letters)]
    meanings = _meanings()
    rows = zip(meanings, *figures, strict=True)
    return [Line(title, meaning, own, other) for (title, meaning), own, other in rows]


def stats_of(report: ServiceReport) -> list[dict[str, str]]:
    """The four large figures on top."""
    chat, letters = report.channels
    parallel = report.parallel
    return [
        _stat(_("Median first answer, chat"), duration_words(chat.first_response.wait.median), _n(chat)),
        _stat(_("Median first answer, e-mail"), duration_words(letters.first_response.wait.median), _n(letters)),
        _stat(_("Parallel chats"), number_words(parallel.mean), _("mean over the time with at least one")),
        _stat(_("Chat is faster"), _times(report.resolution_ratio), _interval(report.resolution_ratio)),
    ]


def _meanings() -> list[tuple[str, str]]:
    return [
        (_("Opened"), _("conversations begun in the period")),
        (_("Resolved"), _("finished in the period and not reopened in it")),
        (_("First answer, median"), _("from the borrower's first message to the first public answer of a person")),
        (_("First answer, 9 of 10"), _("nine of ten first answers came within this time")),
        (_("First answers in time"), _("not later than promised, by working hours")),
        (_("Next answers, median"), _("from the first unanswered message to the answer, after the first one")),
        (_("Handle time, median"), _("how long the conversation was in somebody's hands")),
        (_("Resolution time, median"), _("from the opening to the last ending")),
    ]


def _figures(channel: ChannelFigures) -> list[str]:
    first, following = channel.first_response, channel.next_response
    return [
        number_words(channel.opened),
        number_words(channel.resolved),
        duration_words(first.wait.median),
        duration_words(first.wait.p90),
        share_words(first.in_time),
        duration_words(following.wait.median),
        duration_words(channel.handle_time.median),
        duration_words(channel.resolution_time.median),
    ]


def _stat(title: str, value: str, note: str) -> dict[str, str]:
    return {"title": title, "value": value, "note": note}


def _n(channel: ChannelFigures) -> str:
    return _("answers counted: %(n)s") % {"n": number_words(channel.first_response.wait.n)}


def _times(ratio: Ratio | None) -> str:
    return f"×{number_words(ratio.value)}" if ratio else _("no data")


def _interval(ratio: Ratio | None) -> str:
    if ratio is None:
        return _("resolution time of letters against chats")
    bounds = {"low": number_words(ratio.low), "high": number_words(ratio.high)}
    return _("resolution time of letters against chats; 95 %% interval %(low)s–%(high)s") % bounds
