"""What a metric may be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from chat.models import Channel
from quality.errors import NotFound
from quality.queries.metrics import GROUPS, topic_coded
from quality.rules.metrics import Metric, metric_named

LONGEST_PERIOD = 3660  # days
USUAL_DAYS = 30


@dataclass(frozen=True)
class Asked:
    """What is wanted: a metric, grouped, between two days, narrowed."""

    metric: Metric
    group: str
    since: date
    until: date
    filters: dict[str, Any]


class MetricForm(serializers.Serializer[Any]):
    """Which metric, between which days (both included), by what, of whom. Thirty days up to today by default."""

    metric = serializers.CharField(max_length=40)
    group = serializers.ChoiceField(choices=GROUPS, required=False, allow_blank=True, default="")
    agent = serializers.UUIDField(required=False)
    topic = serializers.SlugField(required=False, max_length=50)
    channel = serializers.ChoiceField(choices=Channel.choices, required=False)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is no name of Python."""
        return {
            **super().get_fields(),
            "from": serializers.DateField(required=False),
            "to": serializers.DateField(required=False),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs.get("from"), attrs.get("to")
        if since and until and not 0 <= (until - since).days <= LONGEST_PERIOD:
            raise serializers.ValidationError("period")
        return attrs


def metric_asked(query: Mapping[str, Any]) -> Asked:
    """The question of a request, checked; a metric nobody knows is not found."""
    form = MetricForm(data=query)
    form.is_valid(raise_exception=True)
    said = form.validated_data
    metric = metric_named(said["metric"])
    if metric is None:
        raise NotFound
    until = said.get("to") or timezone.localdate()
    filters = {name: said[name] for name in ("agent", "channel") if name in said}
    if "topic" in said:
        filters["topic"] = topic_coded(said["topic"])
    since = said.get("from") or until - timedelta(days=USUAL_DAYS - 1)
    return Asked(metric=metric, group=said["group"], since=since, until=until, filters=filters)
