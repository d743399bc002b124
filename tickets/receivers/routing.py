"""What the chat says, and what the work does about it."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.dispatch import receiver

from chat import signals as chat
from chat.models import Channel, Conversation
from identity.access import Actor
from tickets.actions import clocks, presence, tickets
from tickets.actions.answers import count_uses
from tickets.actions.continue_links import offer_chat
from tickets.actions.disclosure import refuse_disclosures
from tickets.actions.letters_answer import queue_answers
from tickets.actions.mentions import tell_mentioned
from tickets.actions.rule_events import expect_for_messages


@receiver(chat.conversation_started)
def open_the_ticket(conversation: Conversation, context: dict[str, Any], **_: Any) -> None:
    """The desk's own probe causes no work."""
    if conversation.channel != Channel.PROBE:
        topic, follows = context.get("topic") or "", context.get("follows")
        context["ticket"] = tickets.open_ticket(conversation=conversation, topic_code=topic, follows=follows)


@receiver(chat.messages_posted)
def move_the_clocks(entries: list[Any], **_: Any) -> None:
    """Every batch of the live path comes here: what leaves by mail is told by what was read, without a query."""
    count_uses(entries)
    if answers := clocks.move_clocks(entries):
        refuse_disclosures(answers)
        offer_chat(letters=queue_answers(answers))
    expect_for_messages(entries)
    tell_mentioned(entries)


@receiver(chat.conversation_closed)
def finish_the_work(conversation: Conversation, by: Actor | None, **_: Any) -> None:
    tickets.finish_closed(conversation=conversation, by=by)


@receiver(chat.conversation_reopened)
def take_the_work_up(conversation: Conversation, by: Actor | None, **_: Any) -> None:
    tickets.take_up_reopened(conversation=conversation, by=by)


@receiver(chat.staff_present)
def renew_the_leases(user_ids: Iterable[UUID], **_: Any) -> None:
    presence.renew_presence(user_ids=user_ids)


@receiver(chat.staff_left)
def shorten_the_lease(user_id: UUID, **_: Any) -> None:
    presence.shorten_presence(user_id=user_id)
