"""Conversations as quality needs them."""

from chat.models import Conversation


def conversation_by_id(id: str) -> Conversation:  # noqa: A002
    return Conversation.objects.select_related("borrower", "ticket__topic").get(pk=id)
