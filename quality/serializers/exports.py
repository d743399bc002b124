"""Reviews as a table for other programs: streamed, personal data hidden, no cell a formula."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from quality.models import Rating, Review
from quality.queries.scores import counting
from quality.rules.personal_data import hide_personal_data
from quality.rules.tables import plain_cell

CHUNK = 500
COLUMNS = (
    *("review", "conversation", "agent", "reviewer", "source", "status", "submitted_at", "value", "is_critical"),
    *("inclusion_probability", "criterion", "rating", "verdict", "root_cause", "comment"),
)


class _Line:
    """A file of one line: what was written is handed on at once."""

    def write(self, text: str) -> str:
        return text


def reviews_csv(reviews: QuerySet[Review]) -> Iterator[str]:
    """The heading, then a line for each rating."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    ratings = Rating.objects.filter(review__in=reviews.filter(counting()), review__counts=True)
    related = ("criterion", "review__score", "review__agent", "review__reviewer", "review__task")
    for rating in ratings.select_related(*related).order_by("review_id", "pk").iterator(chunk_size=CHUNK):
        yield writer.writerow([plain_cell(cell) for cell in _cells(rating)])


def _cells(rating: Rating) -> tuple[Any, ...]:
    review = rating.review
    return (
        review.pk,
        review.score.conversation_id,
        review.agent.full_name if review.agent else "",
        review.reviewer.full_name,
        review.source,
        review.status,
        review.submitted_at.isoformat() if review.submitted_at else "",
        review.value,
        int(review.is_critical),
        review.task.inclusion_probability if review.task else "",
        rating.criterion.code,
        rating.value,
        rating.verdict,
        rating.root_cause,
        hide_personal_data(rating.comment),
    )
