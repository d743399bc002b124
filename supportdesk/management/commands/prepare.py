"""What a desk needs before it serves."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from supportdesk.messages import compile_catalogues
from supportdesk.storage import collect


class Command(BaseCommand):
    help = "Check the settings, migrate the database, prepare words, scripts and styles; in the demo, make its data."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("check", verbosity=0)
        compile_catalogues()
        collect()
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("The database is up to date.")
        if settings.DEMO:
            call_command("demo")
