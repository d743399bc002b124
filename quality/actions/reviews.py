"""A reviewer's judgement, beside what the checks found."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import ReviewIncomplete
from quality.models import Criterion, Rating, Review, Score, Verdict
from quality.queries.scores import answers_of, criteria_of
from quality.rules.outcomes import Answer
from quality.rules.scoring import Rated, score


@dataclass(frozen=True)
class Given:
    """What the reviewer says of one criterion."""

    verdict: str
    comment: str = ""


@transaction.atomic
def submit_review(*, of: Score, reviewer: User, given: Mapping[int, Given], comment: str = "") -> Review:
    """Store the reviewer's ratings by criterion; where they say nothing, the checks' answer stands.

    A critical failure needs a word why, and only from here on makes the score zero.
    """
    criteria = {criterion.pk: criterion for criterion in criteria_of(of)}
    given = {pk: one for pk, one in given.items() if pk in criteria}
    if any(_lacks_reason(criteria[pk], one) for pk, one in given.items()):
        raise ReviewIncomplete
    value = _value(of, criteria, given)
    review, _ = Review.objects.update_or_create(
        score=of,
        reviewer=reviewer,
        defaults={"agent": of.agent, "value": value, "comment": comment, "submitted_at": timezone.now()},
    )
    review.ratings.all().delete()
    Rating.objects.bulk_create(
        Rating(review=review, criterion=criteria[pk], verdict=one.verdict, comment=one.comment)
        for pk, one in given.items()
    )
    record_audit(
        code="review_submitted",
        actor=reviewer,
        object_kind="score",
        object_id=of.pk,
        before=None if of.value is None else str(of.value),
        value=None if value is None else str(value),
    )
    return review


def _lacks_reason(criterion: Criterion, one: Given) -> bool:
    return criterion.is_critical and one.verdict == Verdict.FAIL and not one.comment.strip()


def _value(of: Score, criteria: Mapping[int, Criterion], given: Mapping[int, Given]) -> Decimal | None:
    checked = answers_of(of)
    rated = [
        Rated(
            weight=criterion.weight,
            verdict=Answer(given[pk].verdict) if pk in given else checked.get(pk, Answer.NA),
            is_critical=criterion.is_critical,
            is_confirmed=pk in given,
        )
        for pk, criterion in criteria.items()
    ]
    value = score(rated).value
    return None if value is None else Decimal(value).quantize(Decimal("0.01"))
