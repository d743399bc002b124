"""Score the past again: what is already scored by the standard in force is left alone, so it may be resumed."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from tqdm import tqdm

from quality.actions import score_conversation
from quality.queries.conversations import conversation_by_id
from quality.queries.transcripts import closed_since


class Command(BaseCommand):
    help = "Score closed conversations by the standard in force; conversations already scored by it stay as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="only conversations closed on that day or later")
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        ids = list(closed_since(_moment(options["since"])))
        scored = skipped = 0
        for id in tqdm(ids, unit="conversation", disable=None if not options["json"] else True):  # noqa: A001
            if score_conversation(conversation=conversation_by_id(str(id))):
                scored += 1
            else:
                skipped += 1
        if options["json"]:
            self.stdout.write(json.dumps({"looked_at": len(ids), "scored": scored, "skipped": skipped}))
        else:
            self.stdout.write(f"Looked at {len(ids)}: {scored} have a score, {skipped} had nothing to judge.")


def _moment(day: str | None) -> datetime | None:
    if day is None:
        return None
    date = parse_date(day)
    if date is None:
        raise CommandError(f"{day} is not a date: write it as 2026-11-23")
    return timezone.make_aware(datetime.combine(date, datetime.min.time()))
