"""What the chat does by the clock."""

from celery import shared_task

from chat import actions as chat


@shared_task(name="chat.tasks.forget_unposted_files")
def forget_unposted_files() -> None:
    """Uploads that no message came to carry go after a day."""
    chat.forget_unposted_files()
