from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        from importlib import import_module, util

        if util.find_spec("quality.receivers"):
            import_module("quality.receivers")
