"""``manage.py work CLASS…``: does promised work of these classes, straight from Postgres, without a broker."""

import logging
import os
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from tickets import jobs
from tickets.actions import workers
from tickets.management.direct import require_direct_connection
from tickets.management.loops import Listener, Loop, RoutingLoop
from tickets.models import Worker
from tickets.queries.outbox import classes_of_work
from tickets.rules.workers import LATE, trouble_of_class

log = logging.getLogger(__name__)

BEAT_TIME = 2.0  # seconds
STOP_TIME = 8.0  # seconds for what is under way when the worker is told to stop
STUCK = 70  # exit code of a worker that ended itself because its work was stuck


class Command(BaseCommand):
    help = "Do promised work of these classes; jobs and chats need no broker for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("works", nargs="+", choices=(jobs.ROUTING, *jobs.WORKS), metavar="CLASS")
        parser.add_argument("--threads", type=int, default=1, help="of each class, for work that waits for others")

    def handle(self, *args: Any, works: list[str], threads: int, **options: Any) -> None:
        require_direct_connection()
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        worker = opened(works, stopping)
        if worker is None:
            return
        loops = [loop for work in works for loop in loops_of(work, worker, threads)]
        listener = Listener(worker, loops)
        for thread in (listener, *loops):
            thread.start()
        keep_watch(worker, [*loops], listener, stopping)
        leave(worker, loops)


def loops_of(work: str, worker: Worker, threads: int) -> list[Loop]:
    """Routing is one thread everywhere: its steps wait for each other anyway."""
    return [RoutingLoop(work, worker)] if work == jobs.ROUTING else [Loop(work, worker) for _ in range(threads)]


def opened(works: list[str], stopping: threading.Event) -> Worker | None:
    """The row of this worker, as soon as there is a database."""
    while not stopping.is_set():
        try:
            return workers.open_worker(works=works)
        except (DatabaseError, InterfaceError) as error:
            log.warning("the database is away: %s", type(error).__name__)
            connection.close()
            stopping.wait(1)
    return None


def keep_watch(worker: Worker, loops: list[Loop], listener: Listener, stopping: threading.Event) -> None:
    """Beat, bury the dead, and end the process when work is stuck: whoever keeps it running starts another."""
    began_at = time.monotonic()
    while not stopping.wait(BEAT_TIME):
        trouble = trouble_of(loops, listener)
        try:
            workers.beat(worker=worker)
            workers.bury_dead_workers()
            if time.monotonic() - began_at > LATE:
                trouble = trouble or oldest_undone(loops)
        except (DatabaseError, InterfaceError) as error:
            log.warning("no pulse, the database is away: %s", type(error).__name__)
            connection.close()
            began_at = time.monotonic()
        if trouble:
            log.critical("%s; this worker ends", trouble)
            logging.shutdown()
            os._exit(STUCK)


def trouble_of(loops: list[Loop], listener: Listener) -> str:
    """What is wrong inside this process; empty when nothing is."""
    for loop in loops:
        if loop.hangs:
            return f"{loop.work} hangs"
        if not loop.is_alive():
            return f"{loop.work} has lost its thread"
    return "" if listener.is_alive() else "nobody listens"


def oldest_undone(loops: list[Loop]) -> str:
    """What is wrong by the table: rows of our kinds are due and nobody, here or elsewhere, begins one."""
    kinds = [kind for loop in loops for kind in jobs.kinds(loop.work)]
    classes = classes_of_work(timezone.now(), kinds) if kinds else []
    ours = {loop.work for loop in loops} - {jobs.ROUTING}
    found = (f"{now.work}: {trouble_of_class(now)}" for now in classes if now.work in ours and trouble_of_class(now))
    return next(found, "")


def leave(worker: Worker, loops: list[Loop]) -> None:
    """Finish what is under way, within reason, and give back the rest."""
    deadline = time.monotonic() + STOP_TIME
    for loop in loops:
        loop.stop()
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
    try:
        workers.close_worker(worker=worker)
    except (DatabaseError, InterfaceError) as error:  # the others see that our lock is gone
        log.warning("the work was not given back: %s", type(error).__name__)
    logging.shutdown()
    os._exit(0)
