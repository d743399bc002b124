"""Who may see, write and settle which review, dispute and card."""

from uuid import UUID

from django.db.models import Q, QuerySet

from identity.errors import NotAllowed
from identity.models import Role, User
from quality.access.rows import found
from quality.access.scores import scores_visible_to
from quality.errors import NotFound
from quality.models import (
    CalibrationSession,
    Confirmation,
    Dispute,
    LateChange,
    Pin,
    Review,
    SamplingPlan,
)
from quality.queries.blindness import unseen_by
from quality.queries.calibration import hidden_from
from quality.queries.notices import Notice, notice_of
from tickets.access import supervisor_of

OWN_CARDS = [Review.Source.SELF, Review.Source.MYSTERY]  # anybody may write these


def reviews_visible_to(user: User) -> QuerySet[Review]:
    """Supervisors see every submitted review and their own drafts, but nothing a blind calibration hides from them;
    an agent those that count about themselves, and their own of themselves."""
    submitted, own = Review.objects.exclude(status=Review.Status.DRAFT), Review.objects.filter(reviewer=user)
    if not user.is_supervisor:
        return submitted.filter(agent=user, counts=True) | own.filter(source__in=OWN_CARDS)
    blind = {"session__status": CalibrationSession.Status.OPEN, "session__is_blind": True}
    unseen = Review.objects.filter(Q(**blind) | Q(score__conversation__in=hidden_from(user)))
    return submitted.exclude(pk__in=unseen.values("pk")) | own


def review_for(user: User, id: int) -> Review:  # noqa: A002
    return found(reviews_visible_to(user).select_related("score__version", "score__conversation").filter(pk=id))


def review_written_by(user: User, id: int) -> Review:  # noqa: A002
    """A review to be filled in: its reviewer's only."""
    review = review_for(user, id)
    is_own_work = review.source in OWN_CARDS
    if review.reviewer_id != user.pk or not (user.is_supervisor or is_own_work):
        raise NotAllowed
    return review


def review_about(user: User, id: int) -> Review:  # noqa: A002
    """A review to be answered: by the agent it is about."""
    review = review_for(user, id)
    if review.agent_id != user.pk:
        raise NotAllowed
    return review


def disputes_visible_to(user: User) -> QuerySet[Dispute]:
    seen = Dispute.objects.exclude(review__score__conversation__in=hidden_from(user))
    return seen if user.is_supervisor else Dispute.objects.filter(by=user)


def dispute_for(user: User, id: int) -> Dispute:  # noqa: A002
    related = ("review__score__version", "review__reviewer", "by", "decided_by")
    return found(disputes_visible_to(user).select_related(*related).filter(pk=id))


def dispute_to_settle(user: User, id: int) -> Dispute:  # noqa: A002
    dispute = dispute_for(user, id)
    supervisor_of(user)
    return dispute


def confirmations_visible_to(user: User) -> QuerySet[Confirmation]:
    """Critical failures that checks saw: for supervisors, but not in what they are to judge blind."""
    supervisor_of(user)
    return Confirmation.objects.exclude(score__conversation__in=unseen_by(user))


def confirmation_for(user: User, id: int) -> Confirmation:  # noqa: A002
    return found(confirmations_visible_to(user).select_related("score", "criterion").filter(pk=id))


def plan_for(user: User, id: int) -> SamplingPlan:  # noqa: A002
    supervisor_of(user)
    return found(SamplingPlan.objects.filter(pk=id))


def calibration_for(user: User, id: int) -> CalibrationSession:  # noqa: A002
    """A session with what came of it: for supervisors."""
    supervisor_of(user)
    return found(CalibrationSession.objects.select_related("reference", "created_by").filter(pk=id))


def card_for(user: User, id: int) -> Review:  # noqa: A002
    """One's own card of a calibration, of one's own work, or of a mystery visit; another's does not exist."""
    own = Review.objects.filter(reviewer=user, source__in=[Review.Source.CALIBRATION, *OWN_CARDS])
    related = ("score__version", "score__agent", "score__conversation__borrower", "score__conversation__ticket__topic")
    return found(own.select_related("session", "reviewer", *related).filter(pk=id))


def agent_for(user: User, id: UUID) -> User:  # noqa: A002
    """An agent's page: any for a supervisor, one's own for an agent."""
    people = User.objects.filter(role=Role.AGENT)
    return found((people if user.is_supervisor else people.filter(pk=user.pk)).filter(pk=id))


def notice_for(user: User, kind: str, number: int) -> Notice:
    """Something the person is told themselves."""
    notice = notice_of(user, kind, number)
    if notice is None:
        raise NotFound
    return notice


def pin_for(user: User, id: int) -> Pin:  # noqa: A002
    supervisor_of(user)
    return found(Pin.objects.filter(pk=id))


def review_to_change(user: User, id: int) -> Review:  # noqa: A002
    """A review that counts, for a supervisor it is not about; its drafts too, for they may come late."""
    supervisor_of(user)
    related = ("score__version", "score__conversation__ticket__topic", "score__conversation__borrower")
    visible = Review.objects.filter(counts=True, score__in=scores_visible_to(user)).exclude(agent=user)
    return found(visible.select_related(*related).filter(pk=id))


def late_change_for(user: User, id: int) -> LateChange:  # noqa: A002
    supervisor_of(user)
    return found(LateChange.objects.select_related("review").filter(pk=id))
