"""Tables to take away: promised at once, written by a worker of the class "report", erased after a day."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from identity.actions import record_audit
from identity.models import User
from supportdesk.realtime import failpoint, replica
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.actions.tables import CsvTable, XlsxTable
from tickets.errors import Invalid
from tickets.models import Export, Job
from tickets.queries.exports import header, lines_of, next_day
from tickets.queries.report_dialogs import count_of, wanted_from

log = logging.getLogger(__name__)
KIND = "export"
SECONDS = 3600.0
TABLES = {Export.Format.CSV: CsvTable, Export.Format.XLSX: XlsxTable}
WRITTEN = 500  # lines between two signs of progress, and looks whether it was stopped


class Stopped(Exception):
    """Whoever asked does not want it any more."""


@transaction.atomic
def ask_export(*, by: User, asked: dict[str, Any], form: str, language: str) -> Export:
    """A table of all dialogs of a figure, however many they are."""
    if form not in Export.Format.values:
        raise Invalid("unknown_format")
    export = Export.objects.create(
        asked_by=by,
        asked=asked,
        format=form,
        language=language,
        expected=count_of(wanted_from(asked)),
        expires_at=timezone.now() + timedelta(hours=settings.EXPORT_KEPT_HOURS),
    )
    record_audit(code="export.asked", actor=by, object_kind="export", object_id=str(export.pk), figure=asked["figure"])
    enqueue(kind=KIND, key=f"{KIND}:{export.pk}", payload={"export": str(export.pk)})
    return export


@transaction.atomic
def cancel_export(*, export: Export) -> Export:
    """Stop it, or throw the file away; a worker that writes it just now looks for this."""
    Export.objects.filter(pk=export.pk).update(state=Export.State.CANCELLED, finished_at=timezone.now())
    transaction.on_commit(lambda: erase(export))
    export.refresh_from_db()
    return export


@jobs.outside_handler(KIND, work=jobs.REPORT, seconds=SECONDS)
def write_one(job: Job) -> None:
    """Begun again from the first line after a crash: the file appears under its name only when it is whole."""
    export = Export.objects.filter(pk=job.payload["export"]).select_related("asked_by").first()
    if export is None or export.is_over:
        return
    part = path_of(export).with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        rows = _write(export, part)
    except Stopped:
        part.unlink(missing_ok=True)
        return
    if rows:
        part.replace(path_of(export))
    part.unlink(missing_ok=True)
    failpoint("exports.written")
    _finish(export, rows)


def forget_exports() -> int:
    """Erase what is older than its time, rows and files."""
    old = list(Export.objects.filter(expires_at__lt=timezone.now())[:1000])
    for export in old:
        erase(export)
    Export.objects.filter(pk__in=[export.pk for export in old]).delete()
    return len(old)


def erase(export: Export) -> None:
    path_of(export).unlink(missing_ok=True)
    path_of(export).with_suffix(".part").unlink(missing_ok=True)


def path_of(export: Export) -> Path:
    return Path(settings.EXPORT_ROOT) / f"{export.pk}.{export.format}"


def _write(export: Export, part: Path) -> int:
    """All lines, a day at a time; how many there were."""
    rows = 0
    _say(export, rows)
    make: Callable[[Path], AbstractContextManager[Any]] = TABLES[Export.Format(export.format)]
    with translation.override(export.language), make(part) as table:
        table.write(header())
        for line in _lines(export):
            table.write(line)
            rows += 1
            if rows % WRITTEN == 0:
                _say(export, rows)
    _say(export, rows)
    return rows


def _lines(export: Export) -> Iterator[list[Any]]:
    wanted = wanted_from(export.asked)
    on = next_day(wanted, None)
    while on is not None:
        lines, _ = replica.read(lines_of, wanted=wanted, user=export.asked_by, on=on)
        yield from lines
        on = next_day(wanted, on)
        if Export.objects.filter(pk=export.pk, state=Export.State.CANCELLED).exists():
            raise Stopped


def _say(export: Export, rows: int) -> None:
    going = Export.objects.filter(pk=export.pk).exclude(state=Export.State.CANCELLED)
    if not going.update(state=Export.State.WRITING, rows=rows):
        raise Stopped


def _finish(export: Export, rows: int) -> None:
    state = Export.State.READY if rows else Export.State.EMPTY
    size = path_of(export).stat().st_size if rows else 0
    going = Export.objects.filter(pk=export.pk).exclude(state=Export.State.CANCELLED)
    if not going.update(state=state, rows=rows, size=size, finished_at=timezone.now()):
        erase(export)
