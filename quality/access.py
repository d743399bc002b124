"""Who may see which score: supervisors every one, an agent their own."""

from django.db.models import QuerySet

from identity.access import Actor
from identity.errors import NotAllowed
from identity.models import User
from quality.errors import NotFound
from quality.models import Score


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


def may_review(actor: Actor, score: Score) -> bool:
    """Supervisors review, never their own conversations."""
    return isinstance(actor, User) and actor.is_supervisor and score.agent_id != actor.pk


def reviewable_score_for(actor: Actor, id: int) -> Score:  # noqa: A002
    score = score_for(actor, id)
    if not may_review(actor, score):
        raise NotAllowed
    return score
