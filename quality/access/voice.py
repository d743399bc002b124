"""Who may see what borrowers say, and work on it."""

from typing import Any

from identity.errors import NotAllowed
from identity.models import Borrower, User
from quality.access.rows import found
from quality.errors import NotFound
from quality.models import (
    AuthorGuess,
    FollowUp,
    Practice,
    PublicAnswer,
    PublicReview,
    Survey,
    SurveyInvite,
    SurveyStop,
)
from quality.queries.surveys import invite_of
from tickets.access import supervisor_of
from tickets.models import InboundLetter
from tickets.queries.letters import held_review_letters


def borrower_of(actor: Any) -> Borrower:
    """The borrower who asks; nobody else answers surveys."""
    if not isinstance(actor, Borrower):
        raise NotAllowed
    return actor


def invite_for(actor: Any, id: int) -> SurveyInvite:  # noqa: A002
    """A survey this borrower was asked in the chat or the History."""
    invite = invite_of(borrower_of(actor), id)
    if invite is None:
        raise NotFound
    return invite


def survey_for(user: User, code: str) -> Survey:
    supervisor_of(user)
    return found(Survey.objects.filter(code=code))


def stop_for(user: User, id: int) -> SurveyStop:  # noqa: A002
    supervisor_of(user)
    return found(SurveyStop.objects.filter(pk=id, until__isnull=True))


def follow_up_for(user: User, id: int) -> FollowUp:  # noqa: A002
    supervisor_of(user)
    return found(FollowUp.objects.filter(pk=id))


def borrower_by_number(user: User, customer_id: str) -> Borrower | None:
    """A borrower by the lender's number, for a supervisor."""
    supervisor_of(user)
    return Borrower.objects.filter(customer_id=customer_id.strip()).first()


def public_review_for(user: User, id: int) -> PublicReview:  # noqa: A002
    supervisor_of(user)
    return found(PublicReview.objects.select_related("assignee").filter(pk=id))


def review_letter_for(user: User, id: int) -> InboundLetter:  # noqa: A002
    """A letter about a public review that a person has to read."""
    supervisor_of(user)
    return found(held_review_letters().filter(pk=id))


def guess_for(user: User, id: int) -> AuthorGuess:  # noqa: A002
    supervisor_of(user)
    return found(AuthorGuess.objects.filter(pk=id))


def public_answer_for(user: User, id: int) -> PublicAnswer:  # noqa: A002
    supervisor_of(user)
    return found(PublicAnswer.objects.filter(pk=id))


def practice_for(user: User, id: int) -> Practice:  # noqa: A002
    supervisor_of(user)
    return found(Practice.objects.select_related("owner").filter(pk=id))
