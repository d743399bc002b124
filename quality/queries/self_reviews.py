"""What agents made of their own conversations."""

from identity.models import User
from quality.models import Review, Score


def self_review(score: Score) -> Review | None:
    """The agent's own review, once it is sent."""
    sent = score.reviews.filter(source=Review.Source.SELF).exclude(status=Review.Status.DRAFT)
    return sent.select_related("reviewer").prefetch_related("ratings").first()


def own_self_review(score: Score, reader: User) -> Review | None:
    """One's own, draft or sent."""
    return score.reviews.filter(source=Review.Source.SELF, reviewer=reader).first()
