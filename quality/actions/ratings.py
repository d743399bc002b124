"""A borrower's own judgement of a conversation."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import Conversation
from identity.actions import record_audit
from identity.models import Borrower
from quality.actions.follow_ups import follow_up_rating
from quality.errors import NotClosed, RatingSettled
from quality.models import SurveyAnswer
from quality.queries.ratings import is_over
from tickets.actions.rollups import promise_day

CHANGE_TIME = timedelta(hours=1)


@transaction.atomic
def rate_conversation(
    *, conversation: Conversation, borrower: Borrower, rating: int, solved: str = "", comment: str = ""
) -> SurveyAnswer:
    """Store the rating of a conversation that is over; within an hour the borrower may change it."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    answer = SurveyAnswer.objects.filter(conversation=conversation).first()
    if answer is None and not is_over(conversation):
        raise NotClosed
    said = {"rating": rating, "solved": solved, "comment": comment}
    if answer is None:
        answer = SurveyAnswer.objects.create(conversation=conversation, borrower=borrower, **said)
        follow_up_rating(rating=answer)
        return answer
    if all(getattr(answer, name) == value for name, value in said.items()):
        return answer
    now = timezone.now()
    if now - answer.created_at > CHANGE_TIME:
        raise RatingSettled
    before = answer.rating
    answer.rating, answer.solved, answer.comment, answer.changed_at = rating, solved, comment, now
    answer.save(update_fields=["rating", "solved", "comment", "changed_at"])
    promise_day(of=answer.created_at)
    record_audit(
        code="rating_changed",
        actor=borrower,
        object_kind="rating",
        object_id=answer.pk,
        before=before,
        value=rating,
    )
    follow_up_rating(rating=answer)
    return answer
