"""Looking into low answers, each in time."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from quality.errors import FollowUpDone, OutcomeMissing
from quality.models import FollowUp, SurveyAnswer, SurveyResponse
from tickets.queries.promises import promises
from tickets.rules.sla import add_working

WORKING_DAY = 8 * 3600  # seconds of the desk's working time until somebody has looked into it
LOW_RATING = 2  # of five


def follow_up_response(*, response: SurveyResponse) -> FollowUp:
    """Owe somebody's look into a low answer to a survey."""
    return FollowUp.objects.create(response=response, due_at=_due())


def follow_up_rating(*, rating: SurveyAnswer) -> FollowUp | None:
    """Owe a look into a low rating of a chat; the same rating is owed once, and a better one later changes nothing."""
    if rating.rating > LOW_RATING and rating.solved != SurveyAnswer.Solved.NO:
        return None
    found, _ = FollowUp.objects.get_or_create(rating=rating, defaults={"due_at": _due()})
    return found


def _due() -> datetime:
    return add_working(promises().week, timezone.now(), WORKING_DAY)


@transaction.atomic
def take_follow_up(*, follow_up: FollowUp, by: User) -> FollowUp:
    """It is this person's now, whoever had it before."""
    follow_up = _open(follow_up)
    follow_up.assignee = by
    follow_up.save(update_fields=["assignee"])
    return follow_up


@transaction.atomic
def finish_follow_up(*, follow_up: FollowUp, by: User, outcome: str) -> FollowUp:
    """Write down what came of it; without a word it is not done."""
    follow_up = _open(follow_up)
    if not outcome.strip():
        raise OutcomeMissing
    follow_up.outcome, follow_up.done_by, follow_up.done_at = outcome.strip()[:2000], by, timezone.now()
    follow_up.assignee = follow_up.assignee or by
    follow_up.save(update_fields=["outcome", "done_by", "done_at", "assignee"])
    record_audit(code="follow_up_done", actor=by, object_kind="follow_up", object_id=follow_up.pk)
    return follow_up


def _open(follow_up: FollowUp) -> FollowUp:
    found = FollowUp.objects.select_for_update(of=("self",)).get(pk=follow_up.pk)
    if found.done_at is not None:
        raise FollowUpDone
    return found
