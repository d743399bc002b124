"""What a metric may be asked for."""

from typing import Any

from rest_framework import serializers

from chat.models import Channel
from quality.queries.metrics import GROUPS

LONGEST_PERIOD = 3660  # days


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
