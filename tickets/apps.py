from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"

    def ready(self) -> None:
        from importlib import import_module, util

        if util.find_spec("tickets.receivers"):
            import_module("tickets.receivers")
