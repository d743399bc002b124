"""The worker's way into the outbox and the import journal."""

from celery import shared_task

from tickets import jobs
from tickets.actions import outbox


@shared_task(name="tickets.tasks.run_jobs")
def run_jobs(kind: str = "") -> None:
    """Do the due jobs of one kind, or wake one task for each kind, so that no kind waits for another."""
    if kind:
        outbox.run_due_jobs(kind=kind)
        return
    for each in jobs.kinds():
        run_jobs.apply_async(kwargs={"kind": each}, expires=10)
