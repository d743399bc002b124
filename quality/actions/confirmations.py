"""Critical failures that a check saw: a person confirms each within a working day, or says that it is none."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from quality.models import Confirmation, Criterion, Score
from tickets.queries.promises import promises
from tickets.rules.sla import next_opening

WITHIN = timedelta(days=1)


def ask_for_confirmation(*, score: Score, criteria: Iterable[Criterion]) -> None:
    """Of whoever scores, in the same transaction: one question for each criterion."""
    later = timezone.now() + WITHIN
    due_at = next_opening(promises().week, later) or later
    Confirmation.objects.bulk_create(
        [Confirmation(score=score, criterion=criterion, due_at=due_at) for criterion in criteria],
        ignore_conflicts=True,
    )
