"""What people say: reviews that count, weighted by the inverse of the chance with which they were drawn.

A review of a conversation that somebody chose (no chance known) is in ``review_score`` only. The day is the one on
which the conversation ended, so that people and checks speak of the same conversations.
"""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from quality.models import CriticalClass, Rating, Review
from quality.queries.planted import genuine
from quality.queries.rollups.days import Day, Found, Key
from quality.rules.metrics import CRITERION
from quality.rules.outcomes import Answer
from quality.rules.scoring import CRITICAL_BELOW, SHARES, weighted_score
from quality.rules.statistics.sampling import weighted
from quality.rules.statistics.sums import Totals, one_over, one_value

CLASSES = tuple(str(one.value) for one in CriticalClass)


def found(day: Day) -> Iterator[Found]:
    for review in _reviews(day):
        for metric, totals in _of(review):
            ticket = getattr(review.score.conversation, "ticket", None)
            topic = ticket.topic_id if ticket else None
            yield Key(metric, review.agent_id, topic, review.score.conversation.channel), totals


def place_of(rating: Rating) -> float | None:
    """The place of a rating on its scale, 0…1; None when it does not apply."""
    if rating.value is not None:
        return float(rating.value)
    return SHARES.get(Answer(rating.verdict))


def craft_of(review: Review) -> float:
    """The score as it would be if a critical failure cost its weight only."""
    value = float(review.value or 0)
    if not any(failures_of(review).values()):
        return value
    places = ((place_of(one), one.criterion.weight) for one in review.ratings.all())
    own = weighted_score((place * 100, weight) for place, weight in places if place is not None)
    return value if own is None else max(value, own)


def failures_of(review: Review) -> dict[str, bool]:
    """For each class of critical criteria that was rated, whether one failed."""
    failed: dict[str, bool] = {}
    for rating in review.ratings.all():
        place, kind = place_of(rating), rating.criterion.critical_class
        if kind and place is not None:
            failed[kind] = failed.get(kind, False) or place * 100 < CRITICAL_BELOW
    return failed


def _reviews(day: Day) -> QuerySet[Review]:
    counted = Review.objects.filter(genuine("score__conversation"), counts=True, value__isnull=False)
    counted = counted.exclude(status=Review.Status.DRAFT)
    ended = counted.annotate(ended_at=Coalesce("score__conversation__closed_at", "score__created_at"))
    related = ("task", "score__version", "score__conversation__ticket")
    return ended.filter(day.holds("ended_at")).select_related(*related).prefetch_related("ratings__criterion")


def _of(review: Review) -> Iterator[tuple[str, Totals]]:
    """What one review adds to each metric."""
    value = float(review.value or 0)
    yield "review_score", one_value(value)
    for kind, failed in failures_of(review).items():
        yield f"accuracy_{kind}", one_value(float(failed), is_success=failed)
    chance = review.task.inclusion_probability if review.task else None
    if chance is None:
        return
    passed = value >= review.score.version.pass_mark
    yield "iqs", weighted(value, chance)
    yield "craft", weighted(craft_of(review), chance)
    yield "pass_rate", one_over(passed / chance, 1 / chance, is_success=passed)
    if review.score.value is not None:
        yield "review_gap", weighted(value - float(review.score.value), chance)
    for rating in review.ratings.all():
        if (place := place_of(rating)) is not None:
            yield f"{CRITERION}{rating.criterion.code}", weighted(place, chance)
