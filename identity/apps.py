from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "identity"

    def ready(self) -> None:
        from importlib import import_module, util

        if util.find_spec("identity.receivers"):
            import_module("identity.receivers")
