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

from tickets import jobs
from tickets.actions import workers
from tickets.management.loops import Listener, Loop, RoutingLoop
from tickets.models import Worker

log = logging.getLogger(__name__)

BEAT_TIME = 2.0  # seconds
STOP_TIME = 8.0  # seconds for what is under way when the worker is told to stop
HUNG = 70  # exit code of a worker that ended itself because a job hung


class Command(BaseCommand):
    help = "Do promised work of these classes; jobs and chats need no broker for it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("works", nargs="+", choices=(jobs.ROUTING, *jobs.WORKS), metavar="CLASS")
        parser.add_argument("--threads", type=int, default=1, help="of each class, for work that waits for others")

    def handle(self, *args: Any, works: list[str], threads: int, **options: Any) -> None:
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
    """Beat, bury the dead, and end the process when a job hangs: whoever keeps it running starts another."""
    while not stopping.wait(BEAT_TIME):
        try:
            workers.beat(worker=worker)
            workers.bury_dead_workers()
        except (DatabaseError, InterfaceError) as error:
            log.warning("no pulse, the database is away: %s", type(error).__name__)
            connection.close()
        for loop in loops:
            if loop.hangs or not loop.is_alive() or not listener.is_alive():
                log.critical("%s %s; this worker ends", loop.work, "hangs" if loop.hangs else "has lost a thread")
                logging.shutdown()
                os._exit(HUNG)


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
