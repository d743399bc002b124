"""Housekeeping of the outbox."""

from celery import shared_task

from tickets.actions import workers


@shared_task(name="tickets.tasks.forget_done_jobs")
def forget_done_jobs() -> int:
    """Rows of jobs that were done long ago go, in batches; an interruption costs nothing."""
    return workers.forget_done_jobs()
