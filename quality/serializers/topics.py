"""Topics as a heat-map in words: a cell is an estimate and how good it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quality.queries.topics import ByTopic, Column
from quality.rules.metrics import CHECK, CRITERION, Metric, metric_named
from quality.rules.metrics import Unit as Measured
from quality.rules.statistics.estimates import Estimate
from quality.serializers.estimates import Shown, Unit, shown
from quality.serializers.metrics import CHANNELS, TITLES
from quality.serializers.standard_words import check_title

GOOD, FAIR = 0.9, 0.75  # of what is best, where the colours change
SPEEDS = {
    "first_response": gettext_lazy("First answer"),
    "next_response": gettext_lazy("Next answers"),
    "resolution_time": gettext_lazy("Resolution"),
}


@dataclass(frozen=True)
class HeatRow:
    """A topic, and for each column what is known of it with its colour."""

    title: str
    cells: list[tuple[Shown | None, str]]


def head_of(found: ByTopic, texts: Mapping[str, str]) -> list[str]:
    """What each column is called."""
    return [_title(column, texts) for column in found.columns]


def heat_rows(found: ByTopic) -> list[HeatRow]:
    return [
        HeatRow(topic.title, [_cell(column, found.cells[column].get(topic.pk)) for column in found.columns])
        for topic in found.topics
    ]


def speed_rows(found: Mapping[str, Estimate]) -> list[tuple[str, Shown]]:
    """How many times longer letters take than chats."""
    return [(str(SPEEDS[name]), shown(one, unit=Unit.RATIO)) for name, one in found.items()]


def _title(column: Column, texts: Mapping[str, str]) -> str:
    name, channel = column
    if channel:
        return _("%(metric)s, %(channel)s") % {"metric": TITLES[name], "channel": str(CHANNELS[channel]).lower()}
    if name.startswith(CHECK):
        return check_title(name.removeprefix(CHECK))
    if name.startswith(CRITERION):
        return texts.get(name.removeprefix(CRITERION), name.removeprefix(CRITERION))
    return str(TITLES[name])


def _cell(column: Column, estimate: Estimate | None) -> tuple[Shown | None, str]:
    asked = metric_named(column[0])
    if estimate is None or asked is None:
        return None, ""
    is_share = asked.unit == Measured.SHARE
    said = shown(estimate, unit=Unit.SHARE) if is_share else shown(estimate, digits=0)
    return said, "" if estimate.is_weak else _tone(asked, estimate)


def _tone(asked: Metric, estimate: Estimate) -> str:
    share = (estimate.value or 0) / (1 if asked.unit == Measured.SHARE else 100)
    best = share if asked.is_better_up else 1 - share
    return "ok" if best >= GOOD else "mid" if best >= FAIR else "bad"
