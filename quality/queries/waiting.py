"""What of quality waits for one person's word: the number beside the section."""

from typing import Any

from identity.models import User
from quality.models import Confirmation, Dispute
from quality.queries.blindness import unseen_by
from quality.queries.calibration import hidden_from
from quality.queries.notices import notices_waiting


def quality_waits(user: Any) -> int:
    """An agent's notices to open or to answer; a supervisor's disputes to settle and critical failures to confirm."""
    if not isinstance(user, User):
        return 0
    if not user.is_supervisor:
        return notices_waiting(user)
    disputes = Dispute.objects.filter(status=Dispute.Status.OPEN).exclude(by=user).exclude(review__agent=user)
    disputes = disputes.exclude(review__score__conversation__in=hidden_from(user))
    failures = Confirmation.objects.filter(is_confirmed__isnull=True).exclude(score__agent=user)
    failures = failures.exclude(score__conversation__in=unseen_by(user))
    return disputes.count() + failures.count()
