"""Rows of the report's tables: every number that counts dialogs with the address of their list."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from supportdesk.templatetags.desk import as_percent, day, duration, figure
from tickets.forms.reports import kept
from tickets.queries.report_dialogs import Wanted
from tickets.queries.report_figures import LONG, NOTHING, USUAL, WEEK, Cell, Line, Matter, Person, Report
from tickets.queries.rollups import NO_TOPIC, Asked, Sums
from tickets.rules import metrics
from tickets.rules.charts import Chart, chart_of
from tickets.rules.histograms import sparse_percentile
from tickets.views.report_words import channel_words, line_words


def points(value: float | None) -> str:
    """With its sign."""
    return f"+{figure(value)}" if value and round(value) > 0 else figure(value)


FORMS: dict[str, Callable[[Any], str]] = {"figure": figure, "duration": duration, "share": as_percent, "points": points}
SHADES = 5
ANCHORS = {"first-response-90": "first-response", "next-in-time": "in-time", "resolved": "opened"}


@dataclass(frozen=True)
class Number:
    """A number in words; ``count`` dialogs are behind it, and ``query`` lists them (empty: it counts none)."""

    value: str
    count: int = 0
    query: str = ""
    n: int | None = None
    before: str = ""


def number(value: str, asked: Asked, measure: str, sums: Sums) -> Number:
    """Leads to all that was counted."""
    return Number(value, sums.n, query_of(Wanted(asked, measure), sums.n), sums.n)


def share(value: str, asked: Asked, measure: str, sums: Sums) -> Number:
    """Leads to those that missed it, or to all where none did."""
    missed = sums.n - sums.k
    if not missed:
        return number(value, asked, measure, sums)
    return Number(value, missed, query_of(Wanted(asked, measure, "missed"), missed), sums.n)


def table_rows(report: Report) -> list[dict[str, Any]]:
    """Lines of the table: each cell with its n, its past and the address of its dialogs."""
    return [
        {
            "words": line_words(line.code),
            "anchor": ANCHORS.get(line.code, line.code),
            "cells": [_cell(line, cell, report.asked) for cell in cells],
        }
        for line, cells in report.lines
    ]


def _cell(line: Line, cell: Cell, asked: Asked) -> Number:
    form, counts = FORMS[line.form], line.form == "figure"
    value = form(cell.value) if cell.sums.n or counts else _("no data")
    lead = share if line.form == "share" else number
    found = lead(value, replace(asked, channel=cell.channel), line.measure, cell.sums)
    before = form(cell.before) if cell.before is not None else ""
    return replace(found, n=None if counts else found.n, before=before)


def answered(report: Report) -> dict[str, Number]:
    """The first answers that the curve is drawn from."""
    return {one: _answered(report, one) for one in USUAL}


def _answered(report: Report, channel: str) -> Number:
    sums = report.found.get(("first_response", channel), NOTHING)
    return number(figure(sums.n), replace(report.asked, channel=channel), "first_response", sums)


def agent_rows(report: Report) -> list[dict[str, Any]]:
    """What each agent's answers and endings say; time on the line counts no dialogs."""
    return [{"agent": one.agent, "cells": _of_agent(one, report.asked)} for one in report.agents]


def _of_agent(one: Person, asked: Asked) -> list[Number]:
    own, first, ended = replace(asked, agent=one.agent.pk), one.answers, one.resolved
    wait = duration(first.total / first.n) if first.n else _("no data")
    return [
        number(figure(first.n), own, "first_response", first),
        share(as_percent(metrics.share(first.k, first.n)), own, "first_response", first),
        number(wait, own, "first_response", first),
        number(figure(ended.n), own, "resolution", ended),
        number(duration(one.cost), own, "resolution", ended) if one.cost else Number(_("no data")),
        Number(figure(one.parallel, 1)),
        Number(as_percent(one.occupancy)),
    ]


def topic_rows(report: Report) -> list[dict[str, Any]]:
    return [{"topic": one.topic, "width": one.width, "cells": _of_topic(one, report.asked)} for one in report.topics]


def _of_topic(one: Matter, asked: Asked) -> list[Number]:
    own, first, contacts = replace(asked, topic=one.topic.pk if one.topic else NO_TOPIC), one.answers, one.contacts
    return [
        number(figure(one.opened.n), own, "opened", one.opened),
        number(as_percent(one.share), own, "opened", one.opened),
        share(as_percent(metrics.share(first.k, first.n)), own, "first_response", first),
        share(as_percent(metrics.share(contacts.k, contacts.n)), own, "contact", contacts),
    ]


def drawn_medians(report: Report) -> list[dict[str, Any]]:
    """For each channel a line of its own scale, and the same as a table."""
    return [_medians(report.asked, channel, known) for channel, known in report.medians.items()]


def _medians(asked: Asked, channel: str, known: list[tuple[date, Sums]]) -> dict[str, Any]:
    values = [sparse_percentile(sums.counts, 0.5) for _on, sums in known]
    chart: Chart = chart_of(values)
    step = timedelta(days=(WEEK if asked.days > LONG else 1) - 1)
    rows = []
    for (on, sums), value in zip(known, values, strict=True):
        if sums.n:
            part = replace(asked, since=on, until=min(on + step, asked.until), channel=channel)
            rows.append((day(on), duration(value), number(figure(sums.n), part, "first_response", sums)))
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
    found = Number(figure(n), n, query_of(Wanted(report.asked, "opened", "", weekday, hour), n))
    return {"number": found, "shade": -(-SHADES * n // most) if most else 0}


def query_of(wanted: Wanted, count: int) -> str:
    return urlencode(kept(wanted)) if count else ""
