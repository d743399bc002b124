"""Measure the checks on texts that other people labelled, beside the goals; what is absent is skipped aloud."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from quality.rules.benchmarks import MEASURES, Absent, Row


class Command(BaseCommand):
    requires_system_checks = ()  # needs no database and no settings of a desk
    help = (
        "Measure the checks on labelled texts in a folder (dialogue_acts/rudabank.csv, ruspell/sources.txt and "
        "corrections.txt, banking77/train.csv, or the rated dialogs of tests/gold) and compare with the goals; fails "
        "when one is missed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", required=True, type=Path, metavar="DIR", help="the folder of labelled texts")
        parser.add_argument("--only", nargs="*", choices=sorted(MEASURES), default=[], help="measure these alone")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["data"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder")
        rows: list[Row] = []
        skipped: dict[str, str] = {}
        names = options["only"] or list(MEASURES)
        for name in tqdm(names, unit="measure", disable=None if not options["json"] else True, file=sys.stderr):
            try:
                rows += MEASURES[name](folder)
            except Absent as absence:
                skipped[name] = str(absence)
        self._tell(rows, skipped, as_json=options["json"])
        if missed := [row.name for row in rows if row.is_reached is False]:
            raise CommandError(f"below the goal: {', '.join(missed)}")

    def _tell(self, rows: list[Row], skipped: dict[str, str], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"measures": [row.as_json() for row in rows], "skipped": skipped}, indent=1))
            return
        self.stdout.write("| what | value | 95 % | n | goal |\n| --- | --- | --- | --- | --- |")
        for row in rows:
            self.stdout.write(_line(row))
        for name, why in skipped.items():
            self.stdout.write(f"\nSkipped {name}: {why}")


def _line(row: Row) -> str:
    interval = f"{row.lo:.3f}–{row.hi:.3f}" if row.lo is not None and row.hi is not None else ""
    goal = "" if row.goal is None else f"{'≤' if row.is_ceiling else '≥'} {row.goal:g} {'✔' if row.is_reached else '✘'}"
    return f"| {row.name}{f' ({row.note})' if row.note else ''} | {row.value:.3f} | {interval} | {row.n} | {goal} |"
