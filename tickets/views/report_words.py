"""The report in words: names of figures, their definitions (the same as in docs/metrics.md), and rows of its tables."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chat.models import Channel
from supportdesk.templatetags.desk import as_percent, day, duration, figure
from tickets.forms.reports import kept
from tickets.queries.report_dialogs import Wanted
from tickets.queries.report_figures import NOTHING, Cell, Line, Report, moved_of, parallel_of
from tickets.queries.rollups import Asked
from tickets.rules.charts import Chart, chart_of
from tickets.rules.histograms import sparse_percentile

FORMS: dict[str, Callable[[Any], str]] = {"figure": figure, "duration": duration, "share": as_percent}
SHADES = 5


def channel_words(channel: str) -> str:
    known = {Channel.CHAT.value: pgettext("report", "Chat"), Channel.EMAIL.value: pgettext("report", "E-mail")}
    return known.get(channel) or str(dict(Channel.choices).get(channel, channel))


def line_words(code: str) -> str:
    return {
        "opened": pgettext("report", "Opened"),
        "resolved": pgettext("report", "Resolved"),
        "first-response": _("First response time, median"),
        "first-response-90": _("First response time, 90th percentile"),
        "in-time": _("First answers in time"),
        "next-response": _("Next response time, median"),
        "next-in-time": _("Next answers in time"),
        "handle": _("Handle time, median"),
        "resolution": _("Resolution time, median"),
        "contact": _("Solved at the first contact"),
        "cost": _("Agents' time for one solved request"),
        "left": _("Left without an answer"),
    }[code]


def figure_words(wanted: Wanted) -> str:
    """What a list of dialogs is of."""
    titles = {
        "opened": _("Dialogs that were opened"),
        "first_response": _("First answers"),
        "next_response": _("Next answers"),
        "resolution": _("Dialogs that were resolved"),
        "handle_time": _("Dialogs that were resolved"),
        "left": _("Left without an answer"),
        "contact": _("First contacts"),
    }
    late = {"missed": _("late or not solved"), "met": _("in time or solved")}
    title = titles[wanted.figure]
    return f"{title}: {late[wanted.only]}" if wanted.only else title


def spans(asked: Asked) -> list[tuple[str, str, bool]]:
    """Usual periods up to today: words, address, and whether it is the one on the page."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    found = []
    for words, days in ((_("7 days"), 7), (_("30 days"), 30), (_("90 days"), 90)):
        since = today - timedelta(days=days - 1)
        narrowed = {"channel": asked.channel, "topic": asked.topic, "agent": asked.agent}
        said = {"since": since, "until": today, **{name: one for name, one in narrowed.items() if one}}
        found.append((words, urlencode(said), (asked.since, asked.until) == (since, today)))
    return found


@dataclass(frozen=True)
class Tile:
    """A figure above the rest: where its definition stands, the value (None: nothing to show) and what goes with it."""

    anchor: str
    words: str
    value: str | None
    beside: str = ""


def tiles(report: Report) -> list[Tile]:
    """The report in short."""
    return [
        _wait_tile(report, Channel.CHAT.value, _("First answer, chat")),
        _wait_tile(report, Channel.EMAIL.value, _("First answer, e-mail")),
        _parallel_tile(report),
        _ratio_tile(report),
        _moved_tile(report),
    ]


def _wait_tile(report: Report, channel: str, words: str) -> Tile:
    value, ninth, before = (
        sparse_percentile(found.get(("first_response", channel), NOTHING).counts, at)
        for found, at in ((report.found, 0.5), (report.found, 0.9), (report.earlier, 0.5))
    )
    if value is None:
        return Tile("first-response", words, None)
    beside = _("nine of ten within %(p90)s") % {"p90": duration(ninth)}
    return Tile("first-response", words, duration(value), _joined(beside, before and _was(duration(before))))


def _parallel_tile(report: Report) -> Tile:
    value, before = parallel_of(report.found), parallel_of(report.earlier)
    if value is None:
        return Tile("parallel", _("Chats at once"), None)
    return Tile("parallel", _("Chats at once"), figure(value, 1), _was(figure(before, 1)) if before else "")


def _ratio_tile(report: Report) -> Tile:
    ratio = report.ratio
    if ratio is None:
        return Tile("ratio", _("Chat against e-mail"), None)
    surely = _("surely %(low)s to %(high)s") % {"low": figure(ratio.low, 1), "high": figure(ratio.high, 1)}
    return Tile("ratio", _("Chat against e-mail"), f"× {figure(ratio.value, 1)}", surely)


def _moved_tile(report: Report) -> Tile:
    letters, moved = moved_of(report.found)
    if not letters:
        return Tile("moved", _("Moved to the chat"), None)
    words = ngettext("%(moved)s of %(n)s letter", "%(moved)s of %(n)s letters", letters)
    beside = words % {"moved": figure(moved), "n": figure(letters)}
    return Tile("moved", _("Moved to the chat"), as_percent(moved / letters), beside)


def _was(before: str) -> str:
    return _("was %(before)s") % {"before": before}


def _joined(*words: str | float | None) -> str:
    return " · ".join(str(each) for each in words if each)


def definitions() -> list[tuple[str, str, str]]:
    """Anchor, name and words; docs/metrics.md has the same words, which a test compares."""
    return [*_of_answers(), *_of_work(), *_of_time()]


def _of_answers() -> list[tuple[str, str, str]]:
    return [
        (
            "first-response",
            _("First response time"),
            _(
                "From the borrower's first message to the first public answer of a person; automatic letters "
                "never count."
            ),
        ),
        (
            "in-time",
            _("In time"),
            _("The share of these answers not later than their due moment, counted in working hours."),
        ),
        (
            "next-response",
            _("Next response time"),
            _("The same for every later answer, each from the first message it answers."),
        ),
    ]


def _of_work() -> list[tuple[str, str, str]]:
    return [
        (
            "handle",
            _("Handle time"),
            _("All the time a ticket was in somebody's hands, without time on hold."),
        ),
        (
            "resolution",
            _("Resolution time"),
            _("From opening to the last resolution; a ticket that was reopened and is still open does not count."),
        ),
        (
            "contact",
            _("Solved at the first contact"),
            _(
                "Of first contacts, the share after which the borrower did not come back with the same topic "
                "on any channel for %(n)d days, and which was neither reopened nor transferred."
            )
            % {"n": settings.FCR_DAYS},
        ),
        (
            "cost",
            _("Agents' time for one solved request"),
            _(
                "Every second in which an agent works belongs in equal parts to the live chats and the "
                "letters awaiting their answer in their hands; the seconds of a channel divided by its "
                "resolved requests."
            ),
        ),
    ]


def _of_time() -> list[tuple[str, str, str]]:
    return [
        (
            "parallel",
            _("Chats at once"),
            _("How many live chats an agent had at once, over the time in which there was at least one."),
        ),
        (
            "occupancy",
            _("Occupancy"),
            _("The share of agents' time on the line in which they had at least one live chat."),
        ),
        (
            "ratio",
            _("Chat against e-mail"),
            _(
                "Median of the letters divided by the median of the chats, for the first response, with the "
                "interval that holds 95 of 100 samples."
            ),
        ),
        (
            "moved",
            _("Moved to the chat"),
            _(
                "Of the tickets that letters opened in the period, those whose borrower came by the link of an answer "
                "and went on in the chat. They stay letters in the other figures."
            ),
        ),
        (
            "left",
            _("Left without an answer"),
            _("Chats that ended before anybody had answered."),
        ),
        (
            "opened",
            _("Opened, resolved"),
            _("The number of such events in the period."),
        ),
    ]


def table_rows(report: Report) -> list[dict[str, Any]]:
    """Lines of the table: each cell with its n, its past and the address of its dialogs."""
    return [
        {
            "words": line_words(line.code),
            "anchor": {"first-response-90": "first-response", "next-in-time": "in-time", "resolved": "opened"}.get(
                line.code, line.code
            ),
            "cells": [_cell(line, cell, report.asked) for cell in cells],
        }
        for line, cells in report.lines
    ]


def _cell(line: Line, cell: Cell, asked: Asked) -> dict[str, Any]:
    form = FORMS[line.form]
    wanted = Wanted(Asked(asked.since, asked.until, cell.channel, asked.topic, asked.agent), line.measure, line.only)
    return {
        "value": form(cell.value) if cell.n or line.form == "figure" else _("no data"),
        "n": cell.n if line.form != "figure" else None,
        "before": form(cell.before) if cell.before is not None else "",
        "query": urlencode(kept(wanted)) if cell.n else "",
    }


def drawn_medians(report: Report) -> list[dict[str, Any]]:
    """For each channel a line of its own scale, and the same as a table."""
    return [_medians(channel, known) for channel, known in report.medians.items()]


def _medians(channel: str, known: list[tuple[date, Any]]) -> dict[str, Any]:
    values = [sparse_percentile(sums.counts, 0.5) for _on, sums in known]
    chart: Chart = chart_of(values)
    rows = [(day(on), duration(value), sums.n) for (on, sums), value in zip(known, values, strict=True) if sums.n]
    first, last = day(known[0][0]), day(known[-1][0])
    return {"title": channel_words(channel), "chart": chart, "rows": rows, "first": first, "last": last}


def heat_rows(report: Report) -> dict[str, Any]:
    """Opened dialogs by weekday and hour; shaded by how near they are to the most."""
    most = max((sums.n for sums in report.heat.values()), default=0)
    hours = sorted({hour for _weekday, hour in report.heat})
    hours = list(range(hours[0], hours[-1] + 1)) if hours else []
    rows = []
    for weekday in range(7):
        cells = [_hour(report, weekday, hour, most) for hour in hours]
        rows.append({"name": str(WEEKDAYS_ABBR[weekday]), "cells": cells})
    busiest = max(report.heat, key=lambda at: report.heat[at].n, default=None)
    title = (str(WEEKDAYS_ABBR[busiest[0]]), f"{busiest[1]}:00") if busiest else None
    return {"hours": hours, "rows": rows, "busiest": title}


def _hour(report: Report, weekday: int, hour: int, most: int) -> dict[str, Any]:
    n = report.heat[weekday, hour].n if (weekday, hour) in report.heat else 0
    wanted = Wanted(report.asked, "opened", "", weekday, hour)
    return {"n": n, "shade": -(-SHADES * n // most) if most else 0, "query": urlencode(kept(wanted)) if n else ""}
