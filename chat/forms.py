"""What the chat's REST interface takes in: every field named, an unknown one refused."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chat.rules.entries import ANSWERS_LIMIT, ATTACHMENTS_LIMIT


class StrictForm(serializers.Serializer[Any]):
    """Refuses what it does not know, so that nothing can be set in passing."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({sorted(map(str, unknown))[0]: [_("This field is not known.")]})
        return super().to_internal_value(data)


class AnswersField(serializers.ListField):
    """The prepared answers a message was made of."""

    def __init__(self, **kwargs: Any) -> None:
        number = serializers.IntegerField(min_value=0, max_value=2**62)
        super().__init__(child=number, max_length=ANSWERS_LIMIT, default=list, **kwargs)


class StartForm(StrictForm):
    topic = serializers.SlugField(required=False, allow_blank=True, max_length=50, default="")
    page = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    id = serializers.UUIDField(required=False)
    follows = serializers.UUIDField(
        required=False, help_text="a finished conversation of theirs that this one goes on from"
    )


class MessageForm(StrictForm):
    """The body of ``message.post``; its limits are the action's, so that both doors refuse alike."""

    id = serializers.UUIDField()
    body = serializers.CharField(allow_blank=True, trim_whitespace=False, default="")
    kind = serializers.ChoiceField(choices=["message", "note"], default="message")
    attachments = serializers.ListField(child=serializers.UUIDField(), max_length=ATTACHMENTS_LIMIT, default=list)
    answers = AnswersField()


class SeenForm(StrictForm):
    seq = serializers.IntegerField(min_value=0, max_value=2**62)


class DraftForm(StrictForm):
    mode = serializers.ChoiceField(choices=["reply", "note"], default="reply")
    body = serializers.CharField(allow_blank=True, trim_whitespace=False)


class PageForm(StrictForm):
    """Which page of the log: after or before a number."""

    after = serializers.IntegerField(required=False, min_value=0)
    before = serializers.IntegerField(required=False, min_value=1)
    limit = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class FileForm(serializers.Serializer[Any]):
    file = serializers.FileField()
