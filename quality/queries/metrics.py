"""The published metrics over any period, by day, week, month, agent, topic or channel, from the roll-ups alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Field, Q, QuerySet, Sum, functions

from identity.models import User
from quality.errors import NotFound
from quality.models import MetricDay
from quality.rules.metrics import Metric, metric_named
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.sums import Totals
from tickets.models import Topic

GROUPS = ("", "day", "week", "month", "agent", "topic", "channel")
FILTERS = ("agent", "topic", "channel")
HIDDEN = "hidden"  # cells of the roll-ups the reader must not learn of: see quality.queries.blindness
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

    ``filters`` may name ``agent``, ``topic`` and ``channel``; None there means rows that have none; ``hidden`` are days
    with agents that are left out. Without a group there is always one row. A name nobody knows is refused.
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


def weekly(name: str, *, by: str, since: date, until: date, filters: Mapping[str, Any]) -> dict[Any, list[MetricRow]]:
    """For every agent, topic or channel the weeks of a metric, oldest first: for small lines beside their names."""
    asked = metric_named(name)
    if asked is None or by not in FILTERS:
        raise NotFound
    rows = _between(since, until, filters).filter(metric__in=asked.sources).annotate(week=functions.TruncWeek("date"))
    found: dict[Any, dict[date, dict[str, Totals]]] = {}
    for row in rows.order_by("week").values("metric", by, "week").annotate(**_SUMMED):
        found.setdefault(row[by], {}).setdefault(row["week"], {})[row["metric"]] = _totals(row)
    return {key: [MetricRow(week, asked.of(sums)) for week, sums in weeks.items()] for key, weeks in found.items()}


def family(prefix: str, *, since: date, until: date, filters: Mapping[str, Any]) -> dict[str, Estimate]:
    """Every metric of a family, such as ``criterion.``, that has rows between two days, by what follows the prefix."""
    added = _added(_between(since, until, filters).filter(metric__startswith=prefix), "")
    known = {name: metric_named(name) for name, _ in added}
    return {
        name.removeprefix(prefix): asked.of({name: added[name, None]})
        for name, asked in sorted(known.items())
        if asked is not None
    }


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
    for on, agent in filters.get(HIDDEN, ()):
        rows = rows.exclude(Q(date=on, agent__isnull=True) if agent is None else Q(date=on, agent=agent))
    return rows


def _added(rows: QuerySet[MetricDay], group_by: str) -> dict[tuple[str, Any], Totals]:
    fields = ["metric"]
    if group_by in {"day", "week", "month"}:
        date_of: Field[Any, Any] | Any = functions.Trunc("date", group_by)
        rows, fields = rows.annotate(key=date_of), ["metric", "key"]
    elif group_by:
        fields = ["metric", group_by]
    added = {}
    for row in rows.order_by().values(*fields).annotate(**_SUMMED):
        key = row[fields[1]] if group_by else None
        added[row["metric"], key] = _totals(row)
    return added


_SUMMED = {f"total_{name}": Sum(column) for name, column in SUMS.items()}


def _totals(row: Mapping[str, Any]) -> Totals:
    return Totals(**{name: row[f"total_{name}"] for name in SUMS})


def topic_coded(code: str) -> int | None:
    """The id of a topic; -1 for a code nobody knows, which no row has."""
    return Topic.objects.filter(code=code).values_list("pk", flat=True).first() or -1
