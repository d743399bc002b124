"""``manage.py probe``: talk through the front door every half minute and note how it went."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from supportdesk.probe import Probe
from tickets.models import ProbeRun


class Command(BaseCommand):
    help = "Send a message each way through PUBLIC_URL, as a borrower and an agent do, and note how it went."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round; the exit code says whether it went well")
        parser.add_argument("--json", action="store_true", help="say it as JSON")

    def handle(self, *args: Any, once: bool, json: bool, **options: Any) -> None:
        probe = Probe()
        if once:
            self._tell(probe.go_round(), as_json=json)
            return
        while True:
            began_at = time.monotonic()
            probe.go_round()
            probe.show_life()
            time.sleep(max(1.0, settings.PROBE_PERIOD - (time.monotonic() - began_at)))

    def _tell(self, run: ProbeRun, *, as_json: bool) -> None:
        times = {
            "acknowledgement_time": run.acknowledgement_time,
            "round_trip_time": run.round_trip_time,
            "resume_time": run.resume_time,
        }
        if as_json:
            self.stdout.write(json.dumps({"failed_step": run.failed_step, "error": run.error} | times))
        elif not run.failed_step:
            self.stdout.write(" ".join(f"{name} {seconds:.3f} s" for name, seconds in times.items() if seconds))
        if run.failed_step:
            raise CommandError(f"The probe failed at {run.failed_step}: {run.error}")
