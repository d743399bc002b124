"""What borrowers said of conversations."""

from collections.abc import Iterable
from uuid import UUID

from chat.models import Conversation
from identity.models import Borrower
from quality.models import SurveyAnswer
from tickets.models import Ticket


def ratings_of(conversations: Iterable[UUID]) -> dict[UUID, int]:
    """The rating of each of these conversations that has one."""
    answers = SurveyAnswer.objects.filter(conversation__in=list(conversations))
    return dict(answers.values_list("conversation_id", "rating"))


def ratings_by(borrower: Borrower) -> dict[UUID, int]:
    """Every rating a borrower gave."""
    return dict(SurveyAnswer.objects.filter(borrower=borrower).values_list("conversation_id", "rating"))


def rating_of(conversation: Conversation) -> SurveyAnswer | None:
    return SurveyAnswer.objects.filter(conversation=conversation).first()


def is_over(conversation: Conversation) -> bool:
    """Whether the conversation is closed, or its letter resolved."""
    resolved = Ticket.objects.filter(conversation=conversation, status=Ticket.Status.RESOLVED)
    return conversation.closed_at is not None or resolved.exists()
