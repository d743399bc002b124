"""A promised job wakes a worker as soon as the promise is committed."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from tickets.signals import job_enqueued
from tickets.tasks import run_jobs


@receiver(job_enqueued)
def wake_a_worker(kind: str, delay: float, **_: Any) -> None:
    """Only a hint: when the broker is away, the sweep finds the job."""
    if not delay:
        transaction.on_commit(lambda: run_jobs.apply_async(kwargs={"kind": kind}, expires=30, retry=False), robust=True)
