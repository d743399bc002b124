"""The report in short: a few figures above the rest, each with its past and its dialogs."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.models import Channel
from supportdesk.templatetags.desk import as_percent, duration, figure
from tickets.queries.report_dialogs import Wanted
from tickets.queries.report_figures import NOTHING, Report, moved_of, net_of, parallel_of, said_of
from tickets.queries.rollups import Sums
from tickets.rules import metrics
from tickets.rules.histograms import sparse_percentile
from tickets.views.report_rows import Number, number, points, query_of


@dataclass(frozen=True)
class Tile:
    """Where its definition stands, its name, the number (None: nothing to show) and what goes with it."""

    anchor: str
    words: str
    number: Number | None
    beside: str = ""
    nothing: str = ""


def tiles(report: Report) -> list[Tile]:
    return [
        _wait_tile(report, Channel.CHAT.value, _("First answer, chat")),
        _wait_tile(report, Channel.EMAIL.value, _("First answer, e-mail")),
        _parallel_tile(report),
        _ratio_tile(report),
        _moved_tile(report),
        _csat_tile(report),
        _nps_tile(report),
    ]


def _wait_tile(report: Report, channel: str, words: str) -> Tile:
    value, ninth, before = (
        sparse_percentile(found.get(("first_response", channel), NOTHING).counts, at)
        for found, at in ((report.found, 0.5), (report.found, 0.9), (report.earlier, 0.5))
    )
    if value is None:
        return Tile("first-response", words, None)
    beside = _("nine of ten within %(p90)s") % {"p90": duration(ninth)}
    own, sums = replace(report.asked, channel=channel), report.found["first_response", channel]
    shown = number(duration(value), own, "first_response", sums)
    return Tile("first-response", words, shown, _joined(beside, before and _was(duration(before))))


def _parallel_tile(report: Report) -> Tile:
    value, before = parallel_of(report.found), parallel_of(report.earlier)
    if value is None:
        return Tile("parallel", _("Chats at once"), None)
    was = _was(figure(before, 1)) if before else ""
    return Tile("parallel", _("Chats at once"), Number(figure(value, 1)), was)


def _ratio_tile(report: Report) -> Tile:
    ratio = report.ratio
    if ratio is None:
        return Tile("ratio", _("Chat against e-mail"), None)
    surely = _("surely %(low)s to %(high)s") % {"low": figure(ratio.low, 1), "high": figure(ratio.high, 1)}
    return Tile("ratio", _("Chat against e-mail"), Number(f"× {figure(ratio.value, 1)}"), surely)


def _moved_tile(report: Report) -> Tile:
    letters, moved = moved_of(report.found)
    if not letters:
        return Tile("moved", _("Moved to the chat"), None)
    words = ngettext("%(moved)s of %(n)s letter", "%(moved)s of %(n)s letters", letters)
    beside = words % {"moved": figure(moved), "n": figure(letters)}
    wanted = Wanted(replace(report.asked, channel=Channel.EMAIL.value), "opened", "met")
    shown = Number(as_percent(moved / letters), moved, query_of(wanted, moved))
    return Tile("moved", _("Moved to the chat"), shown, beside)


def _csat_tile(report: Report) -> Tile:
    return _said_tile(report, "rating", "csat", _("CSAT"), lambda sums: as_percent(metrics.share(sums.k, sums.n)))


def _nps_tile(report: Report) -> Tile:
    return _said_tile(report, "nps", "nps", _("NPS"), lambda sums: points(net_of(sums)))


def _said_tile(report: Report, measure: str, anchor: str, words: str, value: Callable[[Sums], str]) -> Tile:
    """Leads to the dialogs that were judged; an answer to a wave is about none."""
    channel = report.asked.channel
    sums, dialogs = said_of(report.found, measure, channel)
    earlier, _dialogs = said_of(report.earlier, measure, channel)
    was = _was(value(earlier)) if earlier.n else ""
    if not sums.n:
        return Tile(anchor, words, None, was, _("no answers"))
    counted = ngettext("%(n)s answer", "%(n)s answers", sums.n) % {"n": figure(sums.n)}
    shown = Number(value(sums), dialogs, query_of(Wanted(report.asked, measure), dialogs), sums.n)
    return Tile(anchor, words, shown, _joined(counted, was))


def _was(before: str) -> str:
    return _("was %(before)s") % {"before": before}


def _joined(*words: str | float | None) -> str:
    return " · ".join(str(each) for each in words if each)
