"""``manage.py desk`` is what ``make run`` starts."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Run the whole desk on this machine: databases, web, workers, and the demo's outside world."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Become the supervisor, which needs neither Django nor its memory."""
        os.execv(sys.executable, [sys.executable, "-m", "supportdesk.desk"])
