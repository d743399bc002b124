"""What identity does in the background."""

from celery import shared_task

from identity import actions as identity


@shared_task
def forget_expired() -> int:
    """Delete spent tokens, old tickets and old tries; the clock of the desk calls this every hour."""
    return identity.forget_expired()


@shared_task
def erase_old_documents() -> int:
    """Delete the bytes of documents whose time has passed; the clock of the desk calls this every ten minutes."""
    return identity.erase_old_documents()


@shared_task
def forget_old_sessions() -> int:
    """Delete rows of sign-ins that ended long ago, and of Django's own sessions that ran out; every night."""
    return identity.forget_old_sessions()
