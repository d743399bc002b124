"""Score the past again: what is already scored by the version in force is left alone, so it may be resumed."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date
from tqdm import tqdm

from quality.actions.rescoring import rescore_slice, resume_rescoring, start_rescoring
from quality.errors import NothingInForce
from quality.models import Rescoring
from quality.queries.rescoring import rescoring_by_id
from quality.queries.standards import version_in_force


class Command(BaseCommand):
    help = (
        "Score closed conversations by the version in force. Stopped or killed, it is gone on with by a worker, or by "
        "--resume; pages show how far it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--standard", metavar="CODE", default="service", help="by which standard (service)")
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="only conversations closed on that day or later")
        parser.add_argument("--resume", metavar="NUMBER", type=int, help="go on with one that was stopped")
        parser.add_argument("--json", action="store_true", help="say what was done as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        rescoring = _resumed(options["resume"]) if options["resume"] else _started(options)
        with tqdm(total=rescoring.total, unit="conversation", disable=None if not options["json"] else True) as bar:
            while rescoring.status == Rescoring.Status.RUNNING:
                bar.update(rescoring.done - bar.n)
                rescore_slice(id=rescoring.pk, done=rescoring.done)
                rescoring.refresh_from_db()
        said = {"number": rescoring.pk, "looked_at": rescoring.done, "changed": rescoring.changed}
        if options["json"]:
            self.stdout.write(json.dumps(said | {"status": rescoring.status}))
        else:
            self.stdout.write("Number {number}: looked at {looked_at}, {changed} have another score.".format(**said))


def _started(options: dict[str, Any]) -> Rescoring:
    version = version_in_force(options["standard"])
    if version is None:
        raise CommandError(f"No version of {options['standard']} is in force.")
    try:
        return start_rescoring(version=version, by=None, since=_moment(options["since"]))
    except NothingInForce as error:
        raise CommandError(str(error.message)) from error


def _resumed(number: int) -> Rescoring:
    rescoring = rescoring_by_id(number)
    if rescoring is None:
        raise CommandError(f"There is no re-scoring {number}.")
    return resume_rescoring(rescoring=rescoring, by=None)


def _moment(day: str | None) -> datetime | None:
    if day is None:
        return None
    date = parse_date(day)
    if date is None:
        raise CommandError(f"{day} is not a date: write it as 2026-11-23")
    return timezone.make_aware(datetime.combine(date, datetime.min.time()))
