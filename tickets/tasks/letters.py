"""The import journal's own sweep."""

from celery import shared_task

from tickets.actions import letters


@shared_task(name="tickets.tasks.sweep_letters")
def sweep_letters() -> None:
    """No stored letter may wait without a job that will read it."""
    letters.requeue_unread_letters()
