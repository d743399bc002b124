"""What a worker's threads do: one loop for each class of work, and one connection that listens."""

import logging
import select
import threading
import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from tickets import jobs
from tickets.actions import outbox, sweeps, workers
from tickets.models import Worker

log = logging.getLogger(__name__)

LOOK_TIME = 1.0  # seconds between looks at the table; a promise that is heard of is done at once
SWEEP_TIME = 5.0
SWEEP_LIMIT = 100.0  # seconds one sweep may take
PAUSE = 1.0  # seconds after trouble with the database


class Loop(threading.Thread):
    """Does one class of work until it is told to stop; never waits for another class."""

    def __init__(self, work: str, worker: Worker) -> None:
        super().__init__(name=f"work-{work}", daemon=True)
        self.work = work
        self.worker = worker
        self.wake = threading.Event()
        self.stopping = threading.Event()
        self.limit = jobs.TIME_LIMIT
        self.began_at: float | None = None

    @property
    def hangs(self) -> bool:
        """Whether what it does takes longer than anything may."""
        began_at = self.began_at
        return began_at is not None and time.monotonic() - began_at > self.limit

    def stop(self) -> None:
        """Begin nothing more."""
        self.stopping.set()
        self.wake.set()

    def run(self) -> None:
        while not self.stopping.is_set():
            self.wake.clear()
            try:
                has_worked = self.turn()
            except (DatabaseError, InterfaceError) as error:
                log.warning("%s: the database is away: %s", self.work, type(error).__name__)
                connection.close()
                has_worked = False
                self.stopping.wait(PAUSE)
            finally:
                self.began_at = None
            if not has_worked:
                self.wake.wait(LOOK_TIME)
        connection.close()

    def turn(self) -> bool:
        """One due job, the one that has waited longest; whether there was any."""
        job = outbox.claim_job(kinds=jobs.kinds(self.work), worker=self.worker.pk)
        known = jobs.found(job.kind) if job is not None else None
        if job is None or known is None:
            return False
        self.limit, self.began_at = known.seconds, time.monotonic()
        outbox.perform(job=job)
        return True


class RoutingLoop(Loop):
    """What time alone changes in the queue."""

    def __init__(self, work: str, worker: Worker) -> None:
        super().__init__(work, worker)
        self.limit = SWEEP_LIMIT
        self.swept_at = -SWEEP_TIME

    def turn(self) -> bool:
        if time.monotonic() - self.swept_at >= SWEEP_TIME:
            self.began_at = self.swept_at = time.monotonic()
            try:
                sweeps.sweep()
            except ExceptionGroup as failures:  # each is in the log already; the next sweep tries again
                log.error("the sweep failed in %d of its steps", len(failures.exceptions))
                connection.close_if_unusable_or_obsolete()
        return False


class Listener(threading.Thread):
    """Holds the lock by which others know that this worker lives, and hears when work is promised."""

    def __init__(self, worker: Worker, loops: list[Loop]) -> None:
        super().__init__(name="work-listener", daemon=True)
        self.worker = worker
        self.loops = loops
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.listen()
            except (DatabaseError, InterfaceError, OSError) as error:
                log.warning("the database is away: %s", type(error).__name__)
            connection.close()
            self.stopping.wait(PAUSE)

    def listen(self) -> None:
        workers.hold_lock(self.worker)
        with connection.cursor() as cursor:
            cursor.execute(f"listen {outbox.CHANNEL}")
        raw: Any = connection.connection
        while not self.stopping.is_set():
            select.select([raw], [], [], LOOK_TIME)
            raw.poll()
            for notice in raw.notifies:
                self.wake(notice.payload)
            raw.notifies.clear()

    def wake(self, work: str) -> None:
        for loop in self.loops:
            if loop.work == work:
                loop.wake.set()
