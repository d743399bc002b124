from django.apps import AppConfig


class SupportdeskConfig(AppConfig):
    name = "supportdesk"

    def ready(self) -> None:
        from supportdesk import checks  # noqa: F401  (registers them)
