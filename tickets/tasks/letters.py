"""The import journal's own sweep."""

from celery import shared_task

from tickets.actions import journal


@shared_task(name="tickets.tasks.sweep_letters")
def sweep_letters() -> None:
    """No stored letter may wait without a job that will read it, no file lie without a row."""
    journal.keep_journal()
