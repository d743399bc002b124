from django.apps import AppConfig


class SupportdeskConfig(AppConfig):
    name = "supportdesk"

    def ready(self) -> None:
        from importlib import import_module, util

        if util.find_spec("supportdesk.receivers"):
            import_module("supportdesk.receivers")
