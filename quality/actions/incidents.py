"""What a person says of a critical failure that a check saw: confirmed, it gates the score and is an incident."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.errors import NotAllowed
from identity.models import User
from quality.errors import ConfirmationDone, WordsMissing
from quality.models import Confirmation, FindingLabel, Review, Score
from quality.queries.scores import answers_of, criteria_of
from quality.rules.outcomes import Answer
from quality.rules.ratings import MIDDLE, Mark, review_score, value_of


@transaction.atomic
def settle_confirmation(*, confirmation: Confirmation, by: User, is_confirmed: bool, comment: str = "") -> Confirmation:
    """A supervisor's word on a critical failure; never on a conversation of their own."""
    related = Confirmation.objects.select_related("score__version", "criterion")
    confirmation = related.select_for_update(of=("self",), no_key=True).get(pk=confirmation.pk)
    if not by.is_supervisor or confirmation.score.agent_id == by.pk:
        raise NotAllowed
    if confirmation.is_confirmed is not None:
        raise ConfirmationDone
    if not comment.strip():
        raise WordsMissing
    _settle(confirmation, by, is_confirmed, comment.strip())
    return confirmation


def settle_by_review(*, review: Review) -> None:
    """A counting review that rates a critical criterion answers the question about it as well."""
    waiting = Confirmation.objects.filter(score=review.score, is_confirmed__isnull=True)
    waiting = waiting.select_related("score__version", "criterion").select_for_update(of=("self",), no_key=True)
    rated = {rating.criterion_id: rating for rating in review.ratings.all()}
    for confirmation in waiting:
        if rating := rated.get(confirmation.criterion_id):
            failed = rating.value is not None and rating.value < MIDDLE
            _settle(confirmation, review.reviewer, failed, rating.comment)


def _settle(confirmation: Confirmation, by: User, is_confirmed: bool, comment: str) -> None:
    score = confirmation.score
    confirmation.is_confirmed, confirmation.comment = is_confirmed, comment
    confirmation.decided_by, confirmation.decided_at = by, timezone.now()
    confirmation.save(update_fields=["is_confirmed", "comment", "decided_by", "decided_at"])
    _label(confirmation, by)
    before = score.value
    _value_anew(score)
    record_audit(
        code="critical_confirmed" if is_confirmed else "critical_refused",
        actor=by,
        object_kind="score",
        object_id=score.pk,
        criterion=confirmation.criterion.code,
        critical_class=confirmation.criterion.critical_class,
        before=None if before is None else str(before),
        value=None if score.value is None else str(score.value),
    )


def _label(confirmation: Confirmation, by: User) -> None:
    """The check is measured by what people said of it."""
    alarms = confirmation.score.findings.filter(criterion=confirmation.criterion, verdict=Answer.FAIL)
    verdict = Answer.FAIL if confirmation.is_confirmed else Answer.PASS
    FindingLabel.objects.bulk_create(
        [FindingLabel(finding=finding, by=by, verdict=verdict, comment=confirmation.comment) for finding in alarms],
        ignore_conflicts=True,
    )


def _value_anew(score: Score) -> None:
    """The score with everything confirmed or refused so far."""
    decided = dict(score.confirmations.filter(is_confirmed__isnull=False).values_list("criterion_id", "is_confirmed"))
    checked = answers_of(score)
    marks = [
        Mark(
            weight=criterion.weight,
            value=value_of(Answer.PASS if decided.get(criterion.pk) is False else checked.get(criterion.pk)),
            is_critical=criterion.is_critical,
            is_confirmed=criterion.pk in decided,
        )
        for criterion in criteria_of(score)
    ]
    result = review_score(marks, policy=score.version.critical_policy)
    score.value = None if result.value is None else Decimal(result.value).quantize(Decimal("0.01"))
    score.critical_to_confirm = score.confirmations.filter(is_confirmed__isnull=True).exists()
    score.save(update_fields=["value", "critical_to_confirm"])
