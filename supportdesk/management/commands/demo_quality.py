"""The demo's past of quality: eight weeks of chats with reviews, calibrations, talks, visits, surveys, a practice."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supportdesk.demo.quality.fill import fill_quality


class Command(BaseCommand):
    help = "Make the demo's past of quality, some tens of seconds; what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo: set DEMO=yes, or start one with make run.")
        fill_quality(say=self.stdout.write)
