"""The outbox: work promised in the transaction that causes it, done by a worker afterwards."""

import logging
import random
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from supportdesk.realtime import failpoint
from tickets import jobs
from tickets.models import Job

log = logging.getLogger(__name__)

LEASE_MARGIN = 10  # seconds beyond its time limit after which a claimed job counts as crashed, whoever claimed it
MAX_PAUSE = 3600
BUDGET = 30  # seconds after which a run begins no further job and lets others have their turn
CHANNEL = "supportdesk_jobs"  # where workers listen; the payload is the class of work


# Each in one statement that is ready as it stands: at full speed, building it would cost more than running it.
CLAIM = """
with claimed as materialized (
  select id, kind from tickets_job
   where kind in %s and done_at is null and failed_at is null and due_at <= %s
   order by due_at, id limit 1 for update skip locked)
update tickets_job j
   set attempts = j.attempts + 1, claimed_by = %s, claimed_at = %s,
       due_at = %s + (%s::json ->> c.kind)::float * interval '1 second'
  from claimed c where j.id = c.id
returning j.*
"""
DONE = """
update tickets_job set done_at = %s, claimed_by = null, error = ''
 where id = %s and claimed_at = %s and done_at is null
"""


def enqueue(*, kind: str, key: str, payload: dict[str, Any] | None = None, delay: float = 0) -> Job:
    """Promise a job in the caller's transaction; the same key is the same job. Workers wake with the commit."""
    work = jobs.work_of(kind)
    due_at = timezone.now() + timedelta(seconds=delay)
    job, is_new = Job.objects.get_or_create(
        key=key, defaults={"kind": kind, "work": work, "payload": payload or {}, "due_at": due_at}
    )
    if is_new:
        failpoint("outbox.enqueued")
    if is_new and not delay:
        _wake_workers(work)
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
    job = claim_job(kinds=[kind])
    if job is not None:
        perform(job=job)
    return job is not None


def claim_job(*, kinds: Iterable[str], worker: int | None = None) -> Job | None:
    """The oldest due job of these kinds, ours for a while.

    Committed before it begins, so that an attempt that kills us counts; what hangs or kills comes back behind others.
    """
    leases = {each: known.seconds + LEASE_MARGIN for each in kinds if (known := jobs.found(each)) is not None}
    if not leases:
        return None
    now = timezone.now()
    found = Job.objects.raw(CLAIM, [tuple(leases), now, worker, now, now, orjson.dumps(leases).decode()])
    return next(iter(found), None)


def perform(*, job: Job) -> None:
    """Do what was claimed, and write down how it went."""
    known = jobs.found(job.kind)
    assert known is not None
    failpoint("outbox.claimed")
    try:
        if known.is_inside:
            _run_inside(job, known.function)
        else:
            known.function(job)
            failpoint("outbox.before_done")
            _record_success(job)
    except Exception as error:  # the boundary where any failure becomes a visible row
        if isinstance(error, OperationalError | InterfaceError) and not connection.in_atomic_block:
            connection.close()  # the next statement gets a living one
        _record_failure(job, error)


def retry_job(*, job: Job) -> None:
    """A person asks for another try of a job that failed."""
    Job.objects.filter(pk=job.pk, done_at=None).update(failed_at=None, attempts=0, due_at=timezone.now(), error="")
    _wake_workers(job.work)


@transaction.atomic
def _run_inside(job: Job, function: jobs.Handler) -> None:
    """The effect and its mark in one transaction, and only as long as the claim is still ours."""
    if Job.objects.select_for_update().filter(pk=job.pk, claimed_at=job.claimed_at, done_at=None).first() is not None:
        function(job)
        failpoint("outbox.after_effect")
        _record_success(job)


def _record_success(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(DONE, [timezone.now(), job.pk, job.claimed_at])


def _record_failure(job: Job, error: Exception) -> None:
    facts: dict[str, Any] = {"error": f"{type(error).__name__}: {error}"[:300]}
    if isinstance(error, jobs.Postponed):
        facts |= {"attempts": job.attempts - 1, "due_at": timezone.now() + timedelta(seconds=error.seconds)}
    elif isinstance(error, jobs.GivenUp) or job.attempts >= jobs.MAX_ATTEMPTS:
        facts["failed_at"] = timezone.now()
    else:
        facts["due_at"] = timezone.now() + timedelta(seconds=pause_after(job.attempts))
    _mark(job, **facts)
    log.warning("job %s (%s) attempt %s: %s", job.pk, job.kind, job.attempts, type(error).__name__)


def _mark(job: Job, **facts: Any) -> None:
    """Write down how it went, unless the lease ran out and somebody else has claimed it since."""
    Job.objects.filter(pk=job.pk, claimed_at=job.claimed_at, done_at=None).update(claimed_by=None, **facts)


def _wake_workers(work: str) -> None:
    """Heard by whoever listens, once this transaction is committed; whoever does not listen looks each second."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, work])


def pause_after(attempts: int) -> float:
    """Seconds until the next try: 5, 10, 20 … an hour, spread by a quarter."""
    return min(5 * 2 ** (attempts - 1), MAX_PAUSE) * random.uniform(0.75, 1.25)
