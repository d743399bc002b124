"""Finishing a ticket as people do: nobody may before its topic is chosen."""

from typing import Any

from tickets import actions as tickets
from tickets.models import Ticket, Topic


def give_topic(ticket: Ticket) -> Ticket:
    """A topic for a ticket that was opened without one, as if the borrower had picked it."""
    if ticket.topic_id is None:
        ticket.topic, _made = Topic.objects.get_or_create(
            code="matter", defaults={"title_ru": "Вопрос", "title_en": "Matter", "is_offered": False}
        )
        Ticket.objects.filter(pk=ticket.pk, topic=None).update(topic=ticket.topic)
    return ticket


def resolve(*, ticket: Ticket, by: Any) -> Ticket:
    return tickets.resolve(ticket=give_topic(ticket), by=by)
