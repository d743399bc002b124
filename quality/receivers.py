"""What must happen in quality when something happened below."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.db.models import QuerySet
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from chat.models import Channel, Conversation
from chat.signals import conversation_closed, conversation_started
from quality.actions.mystery import attach_conversation, leave_visit
from quality.actions.review_letters import take_in_letter
from quality.actions.sampling import seed_default_plans
from quality.actions.standards import seed_default_standard
from quality.actions.surveys import seed_default_surveys
from quality.jobs import SURVEY
from quality.models import PlantedBorrower
from quality.queries.models import propose_topics
from quality.queries.planted import planted_borrowers
from quality.queries.ratings import ratings_of
from quality.queries.surveys import delay_of_surveys
from quality.queries.voices import voices_between
from quality.rules.training.needs import NotEnough
from quality.tasks import SCORE
from tickets.actions.outbox import enqueue
from tickets.models import InboundLetter, Ticket
from tickets.rules.email import Letter
from tickets.rules.topics import Proposed
from tickets.rules.voices import Voice
from tickets.signals import (
    planted_wanted,
    ratings_wanted,
    review_letter_came,
    ticket_resolved,
    topics_wanted,
    voices_wanted,
)


@receiver(conversation_started)
def attach_it_to_the_visit_that_waits(conversation: Conversation, **_: Any) -> None:
    attach_conversation(conversation=conversation)


@receiver(conversation_closed)
def score_what_was_closed(conversation: Conversation, **_: Any) -> None:
    leave_visit(conversation=conversation)
    _owe_score(conversation)
    _owe_survey(conversation)


@receiver(ticket_resolved)
def score_what_was_resolved(ticket: Ticket, **_: Any) -> None:
    _owe_score(ticket.conversation)
    if ticket.conversation.channel == Channel.EMAIL:
        _owe_survey(ticket.conversation)


@receiver(review_letter_came)
def keep_the_reviews_of_a_letter(letter: InboundLetter, reading: Letter, **_: Any) -> bool:
    return take_in_letter(letter=letter, reading=reading)


@receiver(ratings_wanted)
def tell_the_ratings(conversations: Sequence[UUID], **_: Any) -> dict[UUID, int]:
    return ratings_of(conversations)


@receiver(voices_wanted)
def tell_what_borrowers_said(since: datetime, until: datetime, **_: Any) -> Iterator[Voice]:
    return voices_between(since, until)


@receiver(topics_wanted)
def tell_what_it_may_be_about(text: str, **_: Any) -> Proposed:
    found = propose_topics(text)
    return Proposed(have=found.have, need=found.need) if isinstance(found, NotEnough) else Proposed(ranked=found)


@receiver(planted_wanted)
def tell_whom_no_figure_counts(**_: Any) -> QuerySet[PlantedBorrower, Any]:
    return planted_borrowers()


@receiver(post_migrate)
def give_a_fresh_desk_a_standard(sender: AppConfig, apps: Apps = all_apps, plan: Sequence[Any] = (), **_: Any) -> None:
    """After the tables of quality were made (or emptied); never on the way back."""
    is_complete = "standardversion" in apps.all_models.get("quality", {})
    if sender.name == "quality" and is_complete and not any(backwards for _, backwards in plan):
        seed_default_standard()
        seed_default_surveys()
        seed_default_plans()


def _owe_score(conversation: Conversation) -> None:
    """One job for each state of the log, so that new content is scored anew."""
    key = f"score:{conversation.pk}:{conversation.seq}"
    enqueue(kind=SCORE, key=key, payload={"conversation": str(conversation.pk)})


def _owe_survey(conversation: Conversation) -> None:
    """Asked later, in a worker, and not at all when it was reopened meanwhile."""
    key = f"survey:{conversation.pk}:{conversation.seq}"
    delay = delay_of_surveys(conversation.channel)
    if delay is not None:
        enqueue(kind=SURVEY, key=key, payload={"conversation": str(conversation.pk)}, delay=delay)
