"""``manage.py mail_reparse``: reads letters that are kept once more, with today's reader."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from tickets.actions.letters_again import refresh_reading
from tickets.models import InboundLetter
from tickets.queries.mailboxes import letters_to_read_again


class Command(BaseCommand):
    help = (
        "Read letters once more: those in quarantine go the whole way again, of the others the journal's facts are "
        "renewed. Without options: what an older reader has read or given up."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--letter", type=int, action="append", default=[], help="by number; may be repeated")
        parser.add_argument("--state", choices=InboundLetter.State.values, default="")
        parser.add_argument("--all", action="store_true", help="also what today's reader has read")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, letter: list[int], state: str, **options: Any) -> None:
        letters = letters_to_read_again(numbers=letter, state=state, is_everything=options["all"] or bool(letter))
        counts: dict[str, int] = {}
        for each in tqdm(letters.iterator(chunk_size=100), total=letters.count(), disable=None):
            outcome = refresh_reading(letter=each).outcome
            counts[outcome] = counts.get(outcome, 0) + 1
            if options["json"]:
                self.stdout.write(json.dumps({"letter": each.pk, "outcome": outcome}))
        if not options["json"]:
            words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
            self.stdout.write(words or "There was nothing to read again.")
