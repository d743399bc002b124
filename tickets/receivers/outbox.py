"""A promised job wakes a worker as soon as the promise is committed."""

from typing import Any

from django.dispatch import receiver

from supportdesk.realtime import after_commit
from tickets.signals import job_enqueued
from tickets.tasks import wake_a_worker


@receiver(job_enqueued)
def wake_a_worker_for_it(kind: str, delay: float, **_: Any) -> None:
    """Only a hint: when the broker is away, the sweep finds the job."""
    if not delay:
        after_commit("waking", wake_a_worker, kind)
