"""``manage.py rollups``: compute the figures of days anew, and say whether they are the same."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from tickets.actions.rollups import roll_up_day
from tickets.models import RolledDay
from tickets.queries.rollups import days_due


class Command(BaseCommand):
    help = "Compute the figures of days anew from the log of tickets; stopped, it may be started again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", metavar="DAY", help="this day, as 2026-11-23")
        parser.add_argument("--since", metavar="DAY", help="this day and all after it until today")
        parser.add_argument("--json", action="store_true", help="what was done, for a script")

    def handle(self, *args: Any, rebuild: str | None, since: str | None, **options: Any) -> None:
        quiet = True if options["json"] else None
        done = [_rebuilt(on) for on in tqdm(_days(rebuild, since), unit="day", disable=quiet)]
        if options["json"]:
            self.stdout.write(json.dumps(done))
            return
        for one in done:
            words = "the same numbers" if one["same"] else "numbers written" if one["is_first"] else "numbers changed"
            self.stdout.write(f"{one['date']}: {one['dialogs']} dialogs in {one['took']} s, {words}")
        if not done:
            self.stdout.write("Every day is rolled up.")


def _days(rebuild: str | None, since: str | None) -> list[date]:
    if rebuild:
        return [_day(rebuild)]
    if not since:
        return days_due(timezone.now())
    first, today = _day(since), timezone.localdate()
    return [first + timedelta(days=ahead) for ahead in range((today - first).days + 1)]


def _day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError as error:
        raise CommandError(f"{words} is no day: write it as 2026-11-23") from error


def _rebuilt(on: date) -> dict[str, Any]:
    before = RolledDay.objects.filter(date=on).first()
    rolled = roll_up_day(on=on)
    same = before is not None and before.digest == rolled.digest
    facts = {"date": on.isoformat(), "dialogs": rolled.dialogs, "took": rolled.took}
    return {**facts, "same": same, "is_first": before is None}
