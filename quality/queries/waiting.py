"""What of quality waits for one person's word: the number beside the section."""

from typing import Any

from identity.models import User
from quality.models import Confirmation, Dispute
from quality.queries.reviews import reviews_to_answer


def quality_waits(user: Any) -> int:
    """An agent's reviews to answer; a supervisor's disputes to settle and critical failures to confirm."""
    if not isinstance(user, User):
        return 0
    if not user.is_supervisor:
        return reviews_to_answer(user).count()
    disputes = Dispute.objects.filter(status=Dispute.Status.OPEN).exclude(by=user).exclude(review__agent=user)
    failures = Confirmation.objects.filter(is_confirmed__isnull=True).exclude(score__agent=user)
    return disputes.count() + failures.count()
