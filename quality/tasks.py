"""What the outbox does for quality, in the worker."""

from datetime import datetime

from celery import shared_task

from quality import jobs as kinds
from quality.actions.metrics import NIGHTLY_DAYS, RECENT_DAYS, roll_up_last
from quality.actions.rescoring import rescore_slice
from quality.actions.scores import score_conversation
from quality.actions.standards import put_in_force
from quality.actions.surveys import ask_after_dialog, ask_wave
from quality.jobs import SURVEY
from quality.queries.conversations import conversation_by_id
from quality.queries.ratings import is_over
from quality.queries.standards import version_by_id
from quality.queries.surveys import surveys_for
from tickets import jobs
from tickets.models import Job

SCORE = "score_conversation"


@jobs.handler(SCORE, work=jobs.SCORE)
def score_one(job: Job) -> None:
    score_conversation(conversation=conversation_by_id(job.payload["conversation"]))


@jobs.handler(SURVEY)
def ask_one(job: Job) -> None:
    conversation = conversation_by_id(job.payload["conversation"])
    if is_over(conversation):
        ask_after_dialog(conversation=conversation)


@shared_task
def ask_waves() -> int:
    """Ask this quarter's share; whoever was asked already is in their quiet period."""
    return sum(ask_wave(survey=survey) for survey in surveys_for(trigger="schedule", channel=""))


@jobs.handler(kinds.PUT_IN_FORCE)
def put_one_in_force(job: Job) -> None:
    version = version_by_id(job.payload["version"])
    if version is not None:
        put_in_force(version=version, at=datetime.fromisoformat(job.payload["at"]))


@jobs.handler(kinds.RESCORE, work=jobs.MODEL)
def rescore_one_slice(job: Job) -> None:
    rescore_slice(id=job.payload["rescoring"], done=job.payload["done"])


@shared_task
def roll_up_today() -> int:
    """Yesterday and today anew, every quarter of an hour."""
    return roll_up_last(days=RECENT_DAYS)


@shared_task
def roll_up_lately() -> int:
    """All days that a late review, dispute or complaint may still change, every night."""
    return roll_up_last(days=NIGHTLY_DAYS)
