"""Who may see which score and finding: supervisors every one, an agent their own."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from identity.access import Actor
from identity.errors import NotAllowed
from identity.models import User
from quality.access.rows import found
from quality.models import (
    Finding,
    Score,
)
from quality.queries.blindness import cells_of, unseen_by
from quality.queries.calibration import hidden_from
from quality.queries.checks import shadow_codes


def scores_visible_to(actor: Actor) -> QuerySet[Score]:
    if not isinstance(actor, User) or not actor.is_active:
        return Score.objects.none()
    seen = Score.objects.exclude(conversation__in=hidden_from(actor))
    return seen if actor.is_supervisor else Score.objects.filter(agent=actor)


def opinions_visible_to(actor: Actor) -> QuerySet[Score]:
    """Scores of which the person may know what the checks say: not of what they are to judge blind and have not yet."""
    visible = scores_visible_to(actor)
    if not isinstance(actor, User) or not actor.is_supervisor:
        return visible
    return visible.exclude(conversation__in=unseen_by(actor))


def opinion_for(actor: Actor, id: int) -> Score:  # noqa: A002
    """A score with what the checks say of it."""
    return found(opinions_visible_to(actor).select_related("conversation", "version", "agent").filter(pk=id))


def score_for(actor: Actor, id: int) -> Score:  # noqa: A002
    """A score with all that its page shows."""
    related = ("conversation__borrower", "conversation__ticket__topic", "version", "agent")
    return found(scores_visible_to(actor).select_related(*related).filter(pk=id))


def metrics_visible_to(actor: Any) -> dict[str, Any]:
    """What narrows every metric: an agent's own id, what a supervisor is to judge blind; borrowers see none."""
    if not isinstance(actor, User) or not actor.is_active:
        raise NotAllowed
    return {"hidden": cells_of(unseen_by(actor))} if actor.is_supervisor else {"agent": actor.pk}


def may_review(actor: Actor, score: Score) -> bool:
    """Supervisors review, never their own conversations."""
    return isinstance(actor, User) and actor.is_supervisor and score.agent_id != actor.pk


def reviewable_score_for(actor: Actor, id: int) -> Score:  # noqa: A002
    score = score_for(actor, id)
    if not may_review(actor, score):
        raise NotAllowed
    return score


def score_of_conversation(actor: Actor, conversation: UUID) -> Score:
    """The newest score of a conversation the person may see."""
    scores = opinions_visible_to(actor).select_related("version__standard")
    return found(scores.filter(conversation=conversation).order_by("-pk"))


def own_score_for(user: User, id: int) -> Score:  # noqa: A002
    """A score of the person's own work."""
    return found(Score.objects.select_related("version", "conversation").filter(agent=user, pk=id))


def findings_visible_to(user: User, score: Score) -> QuerySet[Finding]:
    """All findings of a score the person may see; what runs in shadow is for supervisors."""
    found = score.findings.select_related("criterion", "score").order_by("pk")
    return found if user.is_supervisor else found.exclude(counts=False, check_code__in=shadow_codes())


def finding_for(user: User, id: int) -> Finding:  # noqa: A002
    """A finding of a score the person may see; what runs in shadow is for supervisors."""
    visible = Finding.objects.filter(score__in=opinions_visible_to(user))
    if not user.is_supervisor:
        visible = visible.exclude(counts=False, check_code__in=shadow_codes())
    return found(visible.select_related("score").filter(pk=id))
