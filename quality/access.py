"""Who may see which score: supervisors every one, an agent their own."""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from identity.access import Actor
from identity.errors import NotAllowed
from identity.models import Borrower, User
from quality.errors import NotFound
from quality.models import FollowUp, Score, Survey, SurveyInvite, SurveyStop
from quality.queries.surveys import invite_of
from tickets.access import supervisor_of

Row = TypeVar("Row", bound=Model)


def scores_visible_to(actor: Actor) -> QuerySet[Score]:
    if not isinstance(actor, User) or not actor.is_active:
        return Score.objects.none()
    return Score.objects.all() if actor.is_supervisor else Score.objects.filter(agent=actor)


def score_for(actor: Actor, id: int) -> Score:  # noqa: A002
    """A score with all that its page shows."""
    related = ("conversation__borrower", "conversation__ticket__topic", "version", "agent")
    found = scores_visible_to(actor).select_related(*related).filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def metrics_visible_to(actor: Any) -> dict[str, Any]:
    """What narrows every metric: nothing for a supervisor, an agent's own id; borrowers see none."""
    if not isinstance(actor, User) or not actor.is_active:
        raise NotAllowed
    return {} if actor.is_supervisor else {"agent": actor.pk}


def may_review(actor: Actor, score: Score) -> bool:
    """Supervisors review, never their own conversations."""
    return isinstance(actor, User) and actor.is_supervisor and score.agent_id != actor.pk


def reviewable_score_for(actor: Actor, id: int) -> Score:  # noqa: A002
    score = score_for(actor, id)
    if not may_review(actor, score):
        raise NotAllowed
    return score


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
    return _found(Survey.objects.filter(code=code))


def stop_for(user: User, id: int) -> SurveyStop:  # noqa: A002
    supervisor_of(user)
    return _found(SurveyStop.objects.filter(pk=id, until__isnull=True))


def follow_up_for(user: User, id: int) -> FollowUp:  # noqa: A002
    supervisor_of(user)
    return _found(FollowUp.objects.filter(pk=id))


def borrower_by_number(user: User, customer_id: str) -> Borrower | None:
    """A borrower by the lender's number, for a supervisor."""
    supervisor_of(user)
    return Borrower.objects.filter(customer_id=customer_id.strip()).first()


def _found(rows: QuerySet[Row]) -> Row:
    first = rows.first()
    if first is None:
        raise NotFound
    return first
