"""What the outbox does for quality, in the worker."""

from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from quality import jobs as kinds
from quality.actions.calibration import close_calibration
from quality.actions.coaching import measure_coaching
from quality.actions.disputes import finish_unanswered
from quality.actions.forecasts import forecast_complaint, settle_forecasts
from quality.actions.metrics import NIGHTLY_DAYS, RECENT_DAYS, roll_up_last
from quality.actions.practices import count_adoption, evaluate
from quality.actions.rescoring import rescore_slice
from quality.actions.sampling import draw_plan
from quality.actions.scores import score_conversation
from quality.actions.standards import put_in_force
from quality.actions.surveys import ask_after_dialog, ask_wave
from quality.actions.training import run_training
from quality.jobs import SURVEY
from quality.queries.agents import sessions_to_measure
from quality.queries.calibration import overdue
from quality.queries.conversations import conversation_by_id
from quality.queries.forecasts import score_by_id
from quality.queries.models import training_by_id
from quality.queries.practices import practices_under_way
from quality.queries.ratings import is_over
from quality.queries.standards import version_by_id
from quality.queries.surveys import surveys_for
from quality.queries.tasks import active_plans
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.models import Job

SCORE = "score_conversation"
TRAINING_TIME = 1800.0  # seconds


@jobs.handler(SCORE, work=jobs.SCORE)
def score_one(job: Job) -> None:
    score = score_conversation(conversation=conversation_by_id(job.payload["conversation"]))
    if score is not None:
        enqueue(kind=kinds.FORECAST, key=f"forecast:{score.pk}", payload={"score": score.pk})


@jobs.outside_handler(kinds.FORECAST)
def forecast_one(job: Job) -> None:
    score = score_by_id(job.payload["score"])
    if score is not None:
        forecast_complaint(score=score)


@jobs.outside_handler(kinds.TRAIN, work=jobs.MODEL, seconds=TRAINING_TIME)
def train_one(job: Job) -> None:
    training = training_by_id(job.payload["training"])
    if training is not None:
        run_training(training=training)


@shared_task
def settle_complaint_forecasts() -> int:
    """Which of the complaints foreseen came, every night."""
    return settle_forecasts()


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


@shared_task
def draw_plans() -> int:
    """Every plan in use draws once a night, and reviews whose agent had their days become final."""
    finish_unanswered()
    return sum(len(draw_plan(plan=plan)) for plan in active_plans())


@shared_task
def close_calibrations() -> int:
    """Sessions whose deadline is over, with what their raters agree on."""
    closing = overdue(timezone.now())
    for session in closing:
        close_calibration(session=session)
    return len(closing)


@shared_task
def measure_talks() -> int:
    """What came of talks with agents so far, every night until their four weeks are over."""
    sessions = sessions_to_measure(timezone.localdate())
    for session in sessions:
        measure_coaching(session=session)
    return len(sessions)


@shared_task
def look_at_practices() -> int:
    """Yesterday's adoption of every practice under way, and on Mondays its effect so far."""
    today = timezone.localdate()
    for practice in practices_under_way():
        count_adoption(practice=practice, day=today - timedelta(days=1))
        if today.weekday() == 0:
            evaluate(practice=practice)
    return practices_under_way().count()
