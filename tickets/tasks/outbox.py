"""The worker's way into the outbox and the import journal."""

from celery import current_app, shared_task
from kombu.pools import producers

from tickets import jobs
from tickets.actions import outbox
from tickets.schedule import OUTSIDE, ROWS

PATIENCE = 0.5  # seconds a broker may take; Celery's own patience is seven seconds, or endless where it hangs
PROMPT = {"max_retries": 0, "socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}


@shared_task(name="tickets.tasks.run_jobs")
def run_jobs(kind: str = "") -> None:
    """Do the due jobs of one kind, or wake one task for each kind, so that no kind waits for another."""
    if kind:
        outbox.run_due_jobs(kind=kind)
        return
    for each in jobs.kinds():
        run_jobs.apply_async(kwargs={"kind": each}, expires=10, queue=queue_of(each))


def wake_a_worker(kind: str) -> None:
    """Ask for a worker now; raises soon when the broker is dead."""
    broker = current_app.connection_for_write(transport_options=PROMPT)
    with producers[broker].acquire(block=True, timeout=PATIENCE) as producer:
        run_jobs.apply_async(kwargs={"kind": kind}, expires=30, retry=False, producer=producer, queue=queue_of(kind))


def queue_of(kind: str) -> str:
    """A server of others that hangs keeps only what also goes to others waiting."""
    return OUTSIDE if jobs.waits_for_others(kind) else ROWS
