"""``manage.py worker_health``: whether promised work is done, in words; exit code 1 when some class of it is not."""

import contextlib
import json
import os
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from tickets.queries.outbox import classes_of_work, pulses
from tickets.rules import workers
from tickets.rules.workers import ClassNow, Pulse


class Command(BaseCommand):
    help = "Say how long the oldest undone row of each class of work has waited, and whether a worker lives for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        classes = (workers.ROUTING, *workers.WORKS, workers.CLOCK)
        parser.add_argument(
            "--class", dest="works", action="append", choices=classes, help="only these; may be repeated"
        )
        parser.add_argument("--here", action="store_true", help="ask for the workers of this host or container only")
        parser.add_argument("--kill", action="store_true", help="kill workers of this host that have no pulse any more")
        parser.add_argument("--json", action="store_true", help="for scripts")

    def handle(self, *args: Any, works: list[str] | None, here: bool, kill: bool, **options: Any) -> None:
        try:
            classes = {now.work: now for now in classes_of_work(timezone.now())}
            living = pulses(host=socket.gethostname() if here else "")
        except DatabaseError as error:  # no worker could help
            self.stderr.write(f"the database is away: {type(error).__name__}")
            raise SystemExit(0 if here else 1) from None
        wanted = works or [*classes, workers.CLOCK]
        facts = [facts_of(classes.get(work, ClassNow(work)), own(living, work), here=here) for work in wanted]
        self.stdout.write(json.dumps(facts) if options["json"] else "\n".join(map(sentence_of, facts)))
        if kill:
            here_now = pulses(host=socket.gethostname())
            kill_the_still({pulse for work in wanted if work != workers.CLOCK for pulse in own(here_now, work)})
        if any(fact["trouble"] for fact in facts):
            raise SystemExit(1)


def own(living: Sequence[Pulse], work: str) -> list[Pulse]:
    return [pulse for pulse in living if work in pulse.works]


def facts_of(now: ClassNow, living: Sequence[Pulse], *, here: bool) -> dict[str, Any]:
    """One class in numbers, and what is wrong with it; of one host only its own workers are judged."""
    still = workers.CLOCK_STILL if now.work == workers.CLOCK else workers.STILL
    trouble = workers.trouble_of_workers(living, still=still) or ("" if here else workers.trouble_of_class(now))
    counts = {"oldest": round(now.age, 1), "waiting": now.waiting, "failed": now.failed, "workers": len(living)}
    return {"class": now.work, "trouble": trouble} | counts


def sentence_of(fact: dict[str, Any]) -> str:
    state = fact["trouble"] or "well"
    if fact["class"] == workers.CLOCK:
        return f"{fact['class']}: {state}"
    failed = f", {fact['failed']} failed" if fact["failed"] else ""
    return (
        f"{fact['class']}: {state}; {fact['waiting']} due, the oldest for {fact['oldest']:g} s{failed}; "
        f"workers: {fact['workers']}"
    )


def kill_the_still(found: Iterable[Pulse]) -> None:
    """Whoever keeps them running (the container's policy, the supervisor) starts them again.

    Never by the pulse of the clock: it is that of whoever answered last, and Celery watches it for itself.
    """
    for pulse in found:
        if pulse.age >= workers.STILL and pulse.pid != os.getpid():
            with contextlib.suppress(ProcessLookupError):  # it is gone, and its row not yet
                os.kill(pulse.pid, signal.SIGKILL)
