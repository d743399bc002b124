"""The demo's data: staff, topics, promises, the mailbox, and conversations of the last days."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supportdesk.demo import data
from tickets.actions.rollups import promise_roll_ups


class Command(BaseCommand):
    help = "Make the demo's data; what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo: set DEMO=yes, or start one with make run.")
        staff = data.make_staff()
        data.make_desk()
        data.make_borrowers()
        conversations = data.make_past()
        promise_roll_ups()
        self.stdout.write(f"The demo data is there: {staff} new staff members, {conversations} new conversations.")
