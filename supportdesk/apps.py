from django.apps import AppConfig


class SupportdeskConfig(AppConfig):
    name = "supportdesk"

    def ready(self) -> None:
        """Register the checks, and the Celery app that every process must know before it calls a task."""
        from supportdesk import celery, checks, logs  # noqa: F401

        logs.speak_of_crashes()
