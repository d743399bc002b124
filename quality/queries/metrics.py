"""The published metrics over any period, by day, week, month, agent, topic or channel, from the roll-ups alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field, QuerySet, Sum, functions

from identity.models import User
from quality.errors import NotFound
from quality.models import MetricDay
from quality.rules.metrics import Metric, metric_named
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.sums import Totals
from tickets.models import Topic

GROUPS = ("", "day", "week", "month", "agent", "topic", "channel")
FILTERS = ("agent", "topic", "channel")
SUMS = {
    "n": "n",
    "k": "k",
    "sum": "sum",
    "squares": "sum_of_squares",
    "base": "base",
    "base_squares": "base_squares",
    "products": "base_products",
}


@dataclass(frozen=True)
class MetricRow:
    """One group: its key (a date, an agent's id, a topic's id, a channel, or None) and what is known of it."""

    key: Any
    estimate: Estimate


def metric(
    name: str, *, group_by: str = "", since: date, until: date, filters: Mapping[str, Any] | None = None
) -> list[MetricRow]:
    """Rows of a metric between two days, both included, in the order of their keys.

    ``filters`` may name ``agent``, ``topic`` and ``channel``; None there means rows that have none. Without a group
    there is always one row. A name nobody knows is refused.
    """
    asked = metric_named(name)
    if asked is None or group_by not in GROUPS:
        raise NotFound
    groups = _groups(asked, group_by, since, until, filters or {})
    if not group_by:
        return [MetricRow(key=None, estimate=asked.of(groups.get(None, {})))]
    keys = sorted(groups, key=lambda key: (key is None or key == "", str(key)))
    return [MetricRow(key=key, estimate=asked.of(groups[key])) for key in keys]


def totals_of(
    source: str, *, since: date, until: date, group_by: str = "", filters: Mapping[str, Any] | None = None
) -> dict[Any, Totals]:
    """The sums of one roll-up by group: for charts, shrunken means and other arithmetic of one's own."""
    rows = _between(since, until, filters or {}).filter(metric=source)
    return {key: totals for (_, key), totals in _added(rows, group_by).items()}


def names(group_by: str, keys: list[Any]) -> dict[Any, str]:
    """What agents and topics are called."""
    if group_by == "agent":
        return {one.pk: one.full_name for one in User.objects.filter(pk__in=[key for key in keys if key])}
    if group_by == "topic":
        return {one.pk: one.title for one in Topic.objects.filter(pk__in=[key for key in keys if key])}
    return {}


def _groups(
    asked: Metric, group_by: str, since: date, until: date, filters: Mapping[str, Any]
) -> dict[Any, dict[str, Totals]]:
    """For each key, the sums of every roll-up that the metric is made of."""
    rows = _between(since, until, filters).filter(metric__in=asked.sources)
    found: defaultdict[Any, dict[str, Totals]] = defaultdict(dict)
    for (source, key), totals in _added(rows, group_by).items():
        found[key][source] = totals
    return found


def _between(since: date, until: date, filters: Mapping[str, Any]) -> QuerySet[MetricDay]:
    rows = MetricDay.objects.filter(date__gte=since, date__lte=until)
    for name in FILTERS:
        if name in filters:
            value = filters[name]
            rows = rows.filter(**({f"{name}__isnull": True} if value is None else {name: value}))
    return rows


def _added(rows: QuerySet[MetricDay], group_by: str) -> dict[tuple[str, Any], Totals]:
    fields = ["metric"]
    if group_by in {"day", "week", "month"}:
        date_of: Field[Any, Any] | Any = functions.Trunc("date", group_by)
        rows, fields = rows.annotate(key=date_of), ["metric", "key"]
    elif group_by:
        fields = ["metric", group_by]
    sums = {f"total_{name}": Sum(column) for name, column in SUMS.items()}
    added = {}
    for row in rows.order_by().values(*fields).annotate(**sums):
        key = row[fields[1]] if group_by else None
        added[row["metric"], key] = Totals(**{name: row[f"total_{name}"] for name in SUMS})
    return added


def topic_coded(code: str) -> int | None:
    """The id of a topic; -1 for a code nobody knows, which no row has."""
    return Topic.objects.filter(code=code).values_list("pk", flat=True).first() or -1
