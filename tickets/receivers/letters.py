"""A staff message in a conversation by e-mail leaves as a letter."""

from typing import Any

from django.dispatch import receiver

from chat.signals import messages_posted
from tickets.actions.letters_answer import queue_answers


@receiver(messages_posted)
def answer_by_mail(entries: list[Any], **_: Any) -> None:
    queue_answers(entries)
