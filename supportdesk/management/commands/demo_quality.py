"""The demo's past of quality: eight weeks of chats with reviews, calibrations, talks, visits, surveys, a practice."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from supportdesk.demo.quality.fill import fill_quality
from tickets.actions.rollups import promise_days

PAST = timedelta(weeks=8, days=1)


class Command(BaseCommand):
    help = "Make the demo's past of quality, some tens of seconds; what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo: set DEMO=yes, or start one with make run.")
        fill_quality(say=self.stdout.write)
        promise_days(since=timezone.localdate() - PAST)
