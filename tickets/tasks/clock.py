"""The pulse of Celery itself: beat asks, a worker answers, and the answer is a row."""

from celery import shared_task

from tickets.actions import workers


@shared_task(name="tickets.tasks.tick")
def tick() -> None:
    """Beat, broker and worker are well as long as this row stays young."""
    workers.note_the_clock()
