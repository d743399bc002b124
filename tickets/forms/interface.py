"""What the interface accepts."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import is_aware, make_aware
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.forms import AnswersField, StrictForm
from chat.rules.entries import ATTACHMENTS_LIMIT
from tickets.models import Priority, ScenarioMark


class TransferForm(StrictForm):
    to = serializers.UUIDField(allow_null=True, required=False, default=None)
    summary = serializers.CharField(allow_blank=True, max_length=2000, required=False, default="")


class SnoozeForm(StrictForm):
    until = serializers.DateTimeField()


class TopicForm(StrictForm):
    topic = serializers.CharField(allow_blank=True, allow_null=True, max_length=50)


class PriorityForm(StrictForm):
    priority = serializers.ChoiceField(choices=Priority.choices)


class AnswerForm(StrictForm):
    """An answer by letter. ``to`` is a participant, the correspondent where it is empty."""

    id = serializers.UUIDField()
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, default="")
    to = serializers.CharField(max_length=254, allow_blank=True, required=False, default="")
    cc = serializers.ListField(child=serializers.CharField(max_length=254), max_length=20, default=list)
    confirmed = serializers.ListField(child=serializers.CharField(max_length=254), max_length=20, default=list)
    attachments = serializers.ListField(child=serializers.UUIDField(), max_length=ATTACHMENTS_LIMIT, default=list)
    answers = AnswersField()


class MergeForm(StrictForm):
    into = serializers.IntegerField(min_value=1)


class ContinueForm(StrictForm):
    token = serializers.CharField(max_length=100)


class StepForm(StrictForm):
    """What became of the step to take now: done (of a question with a choice), skipped for a reason, or taken back.

    ``number`` is the line of the log it shall be, so that nobody answers what they have not seen; 0 means the next one.
    """

    done = serializers.BooleanField()
    choice = serializers.IntegerField(min_value=1, max_value=2**63 - 1, allow_null=True, required=False, default=None)
    reason = serializers.ChoiceField(choices=ScenarioMark.Reason.choices, required=False, default="")
    words = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")
    number = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False, default=0)


class AvailabilityForm(StrictForm):
    state = serializers.CharField(max_length=9)
    reason = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class StartChatForm(StrictForm):
    topic = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")


@extend_schema_field(OpenApiTypes.STR)
class MomentField(serializers.Field[date | datetime, str, str, None]):
    """A date, or a moment with its offset; a plus that an address turned into a space is forgiven."""

    def to_internal_value(self, data: str) -> date | datetime:
        text = str(data).strip()
        try:
            if len(text) == len("2026-11-23"):
                return date.fromisoformat(text)
            moment = datetime.fromisoformat(text[:19] + text[19:].replace(" ", "+"))
        except ValueError:
            raise serializers.ValidationError(_("Write a date as in 2026-11-23.")) from None
        return moment if is_aware(moment) else make_aware(moment)

    def to_representation(self, value: Any) -> str:
        return str(value.isoformat())


class PeriodForm(serializers.Serializer[None]):
    since = MomentField(required=False)
    until = MomentField(required=False)


class AnswersForm(serializers.Serializer[None]):
    query = serializers.CharField(max_length=100, allow_blank=True, required=False, default="")
    topic = serializers.CharField(max_length=50, allow_blank=True, required=False, default="")
    conversation = serializers.UUIDField(required=False, allow_null=True, default=None)
    fitting = serializers.BooleanField(required=False, default=False)
