"""Who may see which score: supervisors every one, an agent their own."""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from identity.access import Actor
from identity.errors import NotAllowed
from identity.models import Borrower, Role, User
from quality.errors import NotFound
from quality.models import (
    AuthorGuess,
    CalibrationSession,
    Confirmation,
    Dispute,
    Finding,
    FollowUp,
    LateChange,
    LexiconEntry,
    Pin,
    Practice,
    PublicAnswer,
    PublicReview,
    Rescoring,
    Review,
    SamplingPlan,
    Score,
    ServiceStandard,
    StandardVersion,
    Survey,
    SurveyInvite,
    SurveyStop,
    TrainedModel,
)
from quality.queries.calibration import hidden_from
from quality.queries.checks import shadow_codes
from quality.queries.surveys import invite_of
from tickets.access import administrator_of, supervisor_of

TRAINABLE = {("topic", "ru"), ("topic", "en"), ("negativity", "ru"), ("negativity", "en"), ("complaint", "")}
OWN_CARDS = [Review.Source.SELF, Review.Source.MYSTERY]  # anybody may write these
Row = TypeVar("Row", bound=Model)


def scores_visible_to(actor: Actor) -> QuerySet[Score]:
    if not isinstance(actor, User) or not actor.is_active:
        return Score.objects.none()
    seen = Score.objects.exclude(conversation__in=hidden_from(actor))
    return seen if actor.is_supervisor else Score.objects.filter(agent=actor)


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


def trained_model_for(user: User, id: int) -> TrainedModel:  # noqa: A002
    administrator_of(user)
    return _found(TrainedModel.objects.filter(pk=id))


def trainable_for(user: User, kind: str, language: str) -> tuple[str, str]:
    """A kind and language of model that exists; only an administrator has models trained."""
    administrator_of(user)
    if (kind, language) not in TRAINABLE:
        raise NotFound
    return kind, language


def _found(rows: QuerySet[Row]) -> Row:
    first = rows.first()
    if first is None:
        raise NotFound
    return first


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
    return _found(reviews_visible_to(user).select_related("score__version", "score__conversation").filter(pk=id))


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
    return _found(disputes_visible_to(user).select_related(*related).filter(pk=id))


def dispute_to_settle(user: User, id: int) -> Dispute:  # noqa: A002
    dispute = dispute_for(user, id)
    supervisor_of(user)
    return dispute


def confirmation_for(user: User, id: int) -> Confirmation:  # noqa: A002
    supervisor_of(user)
    return _found(Confirmation.objects.select_related("score", "criterion").filter(pk=id))


def plan_for(user: User, id: int) -> SamplingPlan:  # noqa: A002
    supervisor_of(user)
    return _found(SamplingPlan.objects.filter(pk=id))


def standard_for(user: User, code: str) -> ServiceStandard:
    """Supervisors and administrators write standards; for an agent there are none."""
    supervisor_of(user)
    return _found(ServiceStandard.objects.filter(code=code))


def first_standard_for(user: User) -> ServiceStandard:
    supervisor_of(user)
    return _found(ServiceStandard.objects.order_by("pk"))


def version_for_lead(user: User, id: int) -> StandardVersion:  # noqa: A002
    supervisor_of(user)
    return _found(StandardVersion.objects.select_related("standard").filter(pk=id))


def rescoring_for(user: User, id: int) -> Rescoring:  # noqa: A002
    supervisor_of(user)
    return _found(Rescoring.objects.select_related("version__standard").filter(pk=id))


def finding_for(user: User, id: int) -> Finding:  # noqa: A002
    """A finding of a score the person may see; what runs in shadow is for supervisors."""
    visible = Finding.objects.filter(score__in=scores_visible_to(user))
    if not user.is_supervisor:
        visible = visible.exclude(counts=False, check_code__in=shadow_codes())
    return _found(visible.select_related("score").filter(pk=id))


def lexicon_entry_for(user: User, id: int) -> LexiconEntry:  # noqa: A002
    supervisor_of(user)
    return _found(LexiconEntry.objects.filter(pk=id))


def public_review_for(user: User, id: int) -> PublicReview:  # noqa: A002
    supervisor_of(user)
    return _found(PublicReview.objects.select_related("assignee").filter(pk=id))


def guess_for(user: User, id: int) -> AuthorGuess:  # noqa: A002
    supervisor_of(user)
    return _found(AuthorGuess.objects.filter(pk=id))


def public_answer_for(user: User, id: int) -> PublicAnswer:  # noqa: A002
    supervisor_of(user)
    return _found(PublicAnswer.objects.filter(pk=id))


def findings_visible_to(user: User, score: Score) -> QuerySet[Finding]:
    """All findings of a score the person may see; what runs in shadow is for supervisors."""
    found = score.findings.select_related("criterion", "score").order_by("pk")
    return found if user.is_supervisor else found.exclude(counts=False, check_code__in=shadow_codes())


def score_of_conversation(actor: Actor, conversation: UUID) -> Score:
    """The newest score of a conversation the person may see."""
    scores = scores_visible_to(actor).select_related("version__standard")
    return _found(scores.filter(conversation=conversation).order_by("-pk"))


def practice_for(user: User, id: int) -> Practice:  # noqa: A002
    supervisor_of(user)
    return _found(Practice.objects.select_related("owner").filter(pk=id))


def calibration_for(user: User, id: int) -> CalibrationSession:  # noqa: A002
    """A session with what came of it: for supervisors."""
    supervisor_of(user)
    return _found(CalibrationSession.objects.select_related("reference", "created_by").filter(pk=id))


def card_for(user: User, id: int) -> Review:  # noqa: A002
    """One's own card of a calibration, of one's own work, or of a mystery visit; another's does not exist."""
    own = Review.objects.filter(reviewer=user, source__in=[Review.Source.CALIBRATION, *OWN_CARDS])
    related = ("score__version", "score__agent", "score__conversation__borrower", "score__conversation__ticket__topic")
    return _found(own.select_related("session", "reviewer", *related).filter(pk=id))


def own_score_for(user: User, id: int) -> Score:  # noqa: A002
    """A score of the person's own work."""
    return _found(Score.objects.select_related("version", "conversation").filter(agent=user, pk=id))


def agent_for(user: User, id: UUID) -> User:  # noqa: A002
    """An agent's page: any for a supervisor, one's own for an agent."""
    people = User.objects.filter(role=Role.AGENT)
    return _found((people if user.is_supervisor else people.filter(pk=user.pk)).filter(pk=id))


def pin_for(user: User, id: int) -> Pin:  # noqa: A002
    supervisor_of(user)
    return _found(Pin.objects.filter(pk=id))


def review_to_change(user: User, id: int) -> Review:  # noqa: A002
    """A review that counts, for a supervisor it is not about; its drafts too, for they may come late."""
    supervisor_of(user)
    related = ("score__version", "score__conversation__ticket__topic", "score__conversation__borrower")
    visible = Review.objects.filter(counts=True, score__in=scores_visible_to(user)).exclude(agent=user)
    return _found(visible.select_related(*related).filter(pk=id))


def late_change_for(user: User, id: int) -> LateChange:  # noqa: A002
    supervisor_of(user)
    return _found(LateChange.objects.select_related("review").filter(pk=id))
