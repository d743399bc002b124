"""Old figures of the desk about itself go."""

from celery import shared_task

from tickets.actions import operations


@shared_task(name="tickets.tasks.forget_old_operations")
def forget_old_operations() -> None:
    """Samples, signs of life and rounds of the probe of two weeks ago, and what the probe said."""
    operations.forget_old_operations()
