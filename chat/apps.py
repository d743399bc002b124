from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"

    def ready(self) -> None:
        from importlib import import_module, util

        if util.find_spec("chat.receivers"):
            import_module("chat.receivers")
