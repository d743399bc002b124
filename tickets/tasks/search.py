"""What was said lately becomes findable."""

from celery import shared_task

from tickets.actions import search


@shared_task(name="tickets.tasks.index_search")
def index_search() -> int:
    """Index what came since the last sweep; two at once do not wait for each other."""
    return search.index_new_entries()
