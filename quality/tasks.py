"""What the outbox does for quality, in the worker."""

from quality.actions.scores import score_conversation
from quality.queries.conversations import conversation_by_id
from tickets import jobs
from tickets.models import Job

SCORE = "score_conversation"


@jobs.handler(SCORE, work=jobs.SCORE)
def score_one(job: Job) -> None:
    score_conversation(conversation=conversation_by_id(job.payload["conversation"]))
