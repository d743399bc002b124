"""Workers: their pulse, and what becomes of the work of those that died."""

import logging
import os
import socket
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from identity.actions.housekeeping import BATCH, forget
from tickets import jobs
from tickets.actions.outbox import pause_after
from tickets.models import Job, Worker
from tickets.queries.outbox import CLASS_OF_LOCKS, workers_that_live
from tickets.rules.workers import CLOCK

log = logging.getLogger(__name__)

DEAD_AFTER = timedelta(seconds=10)  # a pulse so old and no lock: the process is gone, not only its connection
LONGEST_PAUSE = 20.0  # seconds before a job whose worker died is tried again


def open_worker(*, works: Iterable[str]) -> Worker:
    """The row of this process, whose id its claims carry."""
    worker: Worker = Worker.objects.create(works=",".join(works), host=socket.gethostname(), pid=os.getpid())
    return worker


def beat(*, worker: Worker) -> None:
    """The process lives. One that was taken for dead, stopped for a while say, comes back under its number."""
    facts = {"works": worker.works, "host": worker.host, "pid": worker.pid, "beat_at": Now()}
    if not Worker.objects.filter(pk=worker.pk).update(beat_at=Now()):
        Worker.objects.update_or_create(pk=worker.pk, defaults=facts)


@transaction.atomic
def close_worker(*, worker: Worker) -> int:
    """The process leaves: what it has not done is given back, uncounted, to be done at once by another."""
    mine = Job.objects.select_for_update(skip_locked=True).filter(claimed_by=worker.pk, done_at=None)
    left = list(mine)
    for job in left:
        Job.objects.filter(pk=job.pk).update(attempts=job.attempts - 1, due_at=timezone.now(), claimed_by=None)
    Worker.objects.filter(pk=worker.pk).delete()
    return len(left)


@transaction.atomic
def bury_dead_workers() -> int:
    """Give back what dead workers had begun: to be tried again soon, or given up when it kills whoever tries."""
    living = workers_that_live()
    recent = Q(beat_at__gt=Now() - DEAD_AFTER)
    Worker.objects.exclude(works=CLOCK).exclude(pk__in=living).exclude(recent).delete()
    known = Worker.objects.values("pk")
    orphans = Job.objects.filter(claimed_by__isnull=False, done_at=None).exclude(claimed_by__in=known)
    left = list(orphans.select_for_update(skip_locked=True))
    for job in left:
        _give_back(job)
    return len(left)


def _give_back(job: Job) -> None:
    error = "its worker died"
    log.warning("job %s (%s) attempt %s: %s", job.pk, job.kind, job.attempts, error)
    if job.attempts >= jobs.MAX_ATTEMPTS:
        Job.objects.filter(pk=job.pk).update(claimed_by=None, failed_at=timezone.now(), error=error)
        return
    due_at = timezone.now() + timedelta(seconds=min(pause_after(job.attempts), LONGEST_PAUSE))
    Job.objects.filter(pk=job.pk).update(claimed_by=None, due_at=due_at, error=error)


def note_the_clock() -> None:
    """Celery's beat, its broker and one of its workers are well."""
    facts = {"host": socket.gethostname(), "pid": os.getpid(), "beat_at": Now()}
    Worker.objects.update_or_create(works=CLOCK, defaults=facts)


def forget_done_jobs(*, batch: int = BATCH) -> int:
    """Delete rows of jobs done long ago."""
    old = Job.objects.filter(done_at__lt=Now() - timedelta(days=settings.JOBS_KEPT_DAYS))
    return forget(old.order_by("done_at"), batch=batch)


def hold_lock(worker: Worker) -> None:
    """Tell by a lock of this connection that the worker lives; it is gone with the process, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s, %s)", [CLASS_OF_LOCKS, worker.pk])
