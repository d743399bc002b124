"""What identity does in the background."""

from celery import shared_task

from identity import actions as identity


@shared_task
def forget_expired() -> int:
    """Delete spent tokens, old tickets and old tries; the clock of the desk calls this every hour."""
    return identity.forget_expired()
