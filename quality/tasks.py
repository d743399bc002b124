"""What the outbox does for quality, in the worker."""

from datetime import datetime

from quality import jobs as kinds
from quality.actions.rescoring import rescore_slice
from quality.actions.scores import score_conversation
from quality.actions.standards import put_in_force
from quality.queries.conversations import conversation_by_id
from quality.queries.standards import version_by_id
from tickets import jobs
from tickets.models import Job

SCORE = "score_conversation"


@jobs.handler(SCORE, work=jobs.SCORE)
def score_one(job: Job) -> None:
    score_conversation(conversation=conversation_by_id(job.payload["conversation"]))


@jobs.handler(kinds.PUT_IN_FORCE)
def put_one_in_force(job: Job) -> None:
    version = version_by_id(job.payload["version"])
    if version is not None:
        put_in_force(version=version, at=datetime.fromisoformat(job.payload["at"]))


@jobs.handler(kinds.RESCORE, work=jobs.MODEL)
def rescore_one_slice(job: Job) -> None:
    rescore_slice(id=job.payload["rescoring"], done=job.payload["done"])
