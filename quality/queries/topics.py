"""Topics against quality, out of the roll-ups: each measure by topic, and the speed of chats and letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.models import Channel
from quality.queries.metrics import metric, totals_of
from quality.queries.overview import criteria
from quality.queries.rollups.days import Period
from quality.rules.spans import Span
from quality.rules.statistics.contacts import Concurrency, concurrency
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.sums import Totals, ratio_of_means
from tickets.models import Topic
from tickets.queries.reports import chat_intervals
from tickets.rules.metrics import time_at_levels

MEASURES = ("iqs", "csat", "fcr_system", "complaints")
CHANNELS = (str(Channel.CHAT.value), str(Channel.EMAIL.value))
SPEEDS = ("first_response", "next_response", "resolution_time")
CRITERIA = 6  # the weakest of the period
Column = tuple[str, str]  # a metric and a channel; every channel when that is empty


@dataclass(frozen=True)
class ByTopic:
    """Topics in the order of how much they rest on; ``cells`` by column, then by topic; ``source``: whose criteria."""

    topics: Sequence[Topic]
    columns: Sequence[Column]
    cells: Mapping[Column, Mapping[int, Estimate]]
    source: str
    criteria: Sequence[str]


def by_topic(span: Span, narrowed: Mapping[str, Any]) -> ByTopic:
    """Scores by channel, what people say and what followed, and the weakest criteria, of every topic."""
    source, found = criteria(span, narrowed)
    weakest = sorted((one.value, code) for code, one in found.items() if one.value is not None)[:CRITERIA]
    codes = [code for _, code in weakest]
    columns: list[Column] = [("auto_score", channel) for channel in CHANNELS]
    columns += [(name, "") for name in (*MEASURES, *(f"{source}{code}" for code in codes))]
    cells = {column: _cells(column, span, narrowed) for column in columns}
    counted: dict[int, int] = {}
    for row in metric("coverage", group_by="topic", since=span.first, until=span.last, filters=narrowed):
        if row.key is not None:
            counted[row.key] = row.estimate.n
    known = Topic.objects.in_bulk({topic for each in cells.values() for topic in each})
    topics = sorted(known.values(), key=lambda one: (-counted.get(one.pk, 0), one.title))
    return ByTopic(topics, columns, cells, source, codes)


def speeds(span: Span, narrowed: Mapping[str, Any]) -> dict[str, Estimate]:
    """How many times longer a letter takes than a chat: mean ÷ mean."""

    def of(source: str, channel: str) -> Totals:
        filters = {**narrowed, "channel": channel}
        return totals_of(source, since=span.first, until=span.last, filters=filters).get(None, Totals())

    return {source: ratio_of_means(of(source, CHANNELS[1]), of(source, CHANNELS[0])) for source in SPEEDS}


def parallel(period: Period) -> Concurrency:
    """How many live chats agents had at once."""
    return concurrency(map(time_at_levels, chat_intervals(period.start, period.end).values()))


def _cells(column: Column, span: Span, narrowed: Mapping[str, Any]) -> dict[int, Estimate]:
    name, channel = column
    filters = {**narrowed, "channel": channel} if channel else narrowed
    rows = metric(name, group_by="topic", since=span.first, until=span.last, filters=filters)
    return {row.key: row.estimate for row in rows if row.key is not None and row.estimate.is_known}
