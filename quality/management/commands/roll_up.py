"""Roll the metrics up anew: what stands there is replaced by what the rows say."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from tqdm import tqdm

from quality.actions.metrics import NIGHTLY_DAYS, roll_up_day


class Command(BaseCommand):
    help = "Compute the roll-ups of the metrics anew, day by day; stopped, it may be started again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since", metavar="YYYY-MM-DD", help=f"the first day; {NIGHTLY_DAYS} days ago when not given"
        )
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        days = _days(options["since"])
        rows = sum(roll_up_day(on=on) for on in tqdm(days, unit="day", disable=True if options["json"] else None))
        if options["json"]:
            self.stdout.write(json.dumps({"days": len(days), "rows": rows}))
        else:
            self.stdout.write(f"Rolled {len(days)} days up into {rows} rows.")


def _days(since: str | None) -> list[date]:
    """From the first day to today."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    try:
        first = today - timedelta(days=NIGHTLY_DAYS - 1) if since is None else parse_date(since)
    except ValueError:
        first = None
    if first is None:
        raise CommandError(f"{since} is not a date: write it as 2026-11-23")
    return [first + timedelta(days=ahead) for ahead in range((today - first).days + 1)]
