"""What a report may be asked for."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework import serializers

from chat.models import Channel
from identity.models import Role, User
from tickets.queries.report_dialogs import FIGURES, Place, Wanted
from tickets.queries.rollups import NO_TOPIC, Asked
from tickets.queries.topics import offered_groups

USUAL_DAYS = 7
MOST_DAYS = 400
CHANNELS = [one for one in Channel if one != Channel.PROBE]


class ReportForm(serializers.Serializer[None]):
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    channel = serializers.ChoiceField(choices=[one.value for one in CHANNELS], required=False)
    topic = serializers.IntegerField(min_value=NO_TOPIC, required=False)
    agent = serializers.UUIDField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs.get("since"), attrs.get("until")
        if since and until and (since > until or (until - since).days >= MOST_DAYS):
            raise serializers.ValidationError({"since": "wrong_period"})
        return attrs


class DialogsForm(ReportForm):
    figure = serializers.ChoiceField(choices=list(FIGURES))
    only = serializers.ChoiceField(choices=["met", "missed"], required=False)
    weekday = serializers.IntegerField(min_value=0, max_value=6, required=False)
    hour = serializers.IntegerField(min_value=0, max_value=23, required=False)
    day = serializers.DateField(required=False)
    skip = serializers.IntegerField(min_value=0, required=False)


def asked_of(said: dict[str, Any]) -> Asked:
    """The period and what it is narrowed to; the last week by default."""
    until: date = said.get("until") or timezone.localdate(timezone=timezone.get_default_timezone())
    since: date = said.get("since") or until - timedelta(days=USUAL_DAYS - 1)
    return Asked(min(since, until), until, said.get("channel", ""), said.get("topic"), said.get("agent"))


def wanted_of(said: dict[str, Any]) -> Wanted:
    only = said.get("only", "")
    return Wanted(asked_of(said), said["figure"], only, said.get("weekday"), said.get("hour"))


def place_of(said: dict[str, Any]) -> Place | None:
    return Place(said["day"], said.get("skip", 0)) if "day" in said else None


def kept(wanted: Wanted) -> dict[str, Any]:
    """As an export keeps it, and as an address says it."""
    asked = wanted.asked
    known: dict[str, Any] = {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "channel": asked.channel,
        "topic": asked.topic,
        "agent": str(asked.agent) if isinstance(asked.agent, UUID) else None,
        "figure": wanted.figure,
        "only": wanted.only,
        "weekday": wanted.weekday,
        "hour": wanted.hour,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def choices(asked: Asked) -> dict[str, Any]:
    """What the page offers to narrow to; what is asked for is among it."""
    return {
        "channels": [(one.value, one.label) for one in CHANNELS],
        "topics": offered_groups([asked.topic]),
        "agents": list(User.objects.filter(role=Role.AGENT).order_by("full_name")),
    }
