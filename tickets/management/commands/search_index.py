"""``manage.py search_index``: index what is new, or everything again."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from tickets.actions.search import index_everything_again, index_new_entries


class Command(BaseCommand):
    help = "Index what was said since the last sweep; --rebuild makes the whole index anew, while it is used."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="every row anew, the oldest first")
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *args: Any, rebuild: bool, **options: Any) -> None:
        last = self._rebuild() if rebuild else 0
        found = {"rebuilt_to": last, "indexed": index_new_entries(seconds=float("inf"))}
        words = f"Rebuilt up to entry {last}. " if rebuild else ""
        self.stdout.write(json.dumps(found) if options["json"] else f"{words}{found['indexed']} new entries indexed.")

    def _rebuild(self) -> int:
        at = 0
        with tqdm(unit=" entries", disable=None) as progress:
            for at, last in index_everything_again():
                progress.total = last
                progress.update(at - progress.n)
        return at
