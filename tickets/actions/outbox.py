"""The outbox: work promised in the transaction that causes it, done by a worker afterwards."""

import logging
import random
import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tickets import jobs
from tickets.models import Job
from tickets.signals import job_enqueued

log = logging.getLogger(__name__)

LEASE_TIME = 180  # seconds a claimed job with an outside effect is left alone before it counts as crashed
MAX_PAUSE = 3600
BUDGET = 30  # seconds after which a worker begins no further job and lets others have their turn


def enqueue(*, kind: str, key: str, payload: dict[str, Any] | None = None, delay: float = 0) -> Job:
    """Promise a job in the caller's transaction; the same key is the same job."""
    due_at = timezone.now() + timedelta(seconds=delay)
    job, is_new = Job.objects.get_or_create(
        key=key, defaults={"kind": kind, "payload": payload or {}, "due_at": due_at}
    )
    if is_new:
        job_enqueued.send(sender=Job, kind=kind, delay=delay)
    return job


def run_due_jobs(limit: int = 100, kind: str | None = None, seconds: float = BUDGET) -> int:
    """Do what is due, one transaction per job, the kinds taking turns; returns how many were tried."""
    tried, ends = 0, time.monotonic() + seconds
    waiting = [kind] if kind else list(jobs.kinds())
    while waiting and tried < limit and time.monotonic() < ends:
        waiting = [each for each in waiting if run_one_job(kind=each)]
        tried += len(waiting)
    return tried


def run_one_job(*, kind: str) -> bool:
    """Do the oldest due job of a kind; false when there is none."""
    if function := jobs.inside(kind):
        return _run_inside(kind, function)
    if function := jobs.outside(kind):
        return _run_outside(kind, function)
    return False


def retry_job(*, job: Job) -> None:
    """A person asks for another try of a job that failed."""
    Job.objects.filter(pk=job.pk, done_at=None).update(failed_at=None, attempts=0, due_at=timezone.now(), error="")
    job_enqueued.send(sender=Job, kind=job.kind, delay=0)


@transaction.atomic
def _run_inside(kind: str, function: jobs.Handler) -> bool:
    job = _claim(kind)
    if job is None:
        return False
    job.attempts += 1
    try:
        with transaction.atomic():
            function(job)
    except Exception as error:  # the boundary where any failure becomes a visible row
        _record_failure(job, error)
    else:
        _record_success(job)
    return True


def _run_outside(kind: str, function: jobs.Handler) -> bool:
    with transaction.atomic():
        job = _claim(kind)
        if job is None:
            return False
        job.attempts += 1
        job.due_at = timezone.now() + timedelta(seconds=LEASE_TIME)
        job.save(update_fields=["attempts", "due_at"])
    try:
        function(job)
    except Exception as error:  # the boundary where any failure becomes a visible row
        _record_failure(job, error)
    else:
        _record_success(job)
    return True


def _claim(kind: str) -> Job | None:
    due = Job.objects.filter(kind=kind, done_at=None, failed_at=None, due_at__lte=timezone.now())
    return due.order_by("due_at", "id").select_for_update(skip_locked=True).first()


def _record_success(job: Job) -> None:
    job.done_at, job.error = timezone.now(), ""
    job.save(update_fields=["attempts", "done_at", "error"])


def _record_failure(job: Job, error: Exception) -> None:
    if isinstance(error, jobs.Postponed):
        job.attempts -= 1
        job.due_at = timezone.now() + timedelta(seconds=error.seconds)
    elif isinstance(error, jobs.GivenUp) or job.attempts >= jobs.MAX_ATTEMPTS:
        job.failed_at = timezone.now()
    else:
        job.due_at = timezone.now() + timedelta(seconds=pause_after(job.attempts))
    job.error = f"{type(error).__name__}: {error}"[:300]
    job.save(update_fields=["attempts", "due_at", "failed_at", "error"])
    log.warning("job %s (%s) attempt %s: %s", job.pk, job.kind, job.attempts, type(error).__name__)


def pause_after(attempts: int) -> float:
    """Seconds until the next try: 5, 10, 20 … an hour, spread by a quarter."""
    return min(5 * 2 ** (attempts - 1), MAX_PAUSE) * random.uniform(0.75, 1.25)
