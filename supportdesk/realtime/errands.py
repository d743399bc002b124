"""Errands: what follows from a commit and may take its time, such as the matcher or a word to the broker.

A thread that stores for the sockets of a process must not run them: every sender would wait. It hands them over, each
kind of errand to a thread of its own. Any other thread (a page, a worker, a command) does them at once.
"""

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from supportdesk.realtime.database import with_fresh_connection

log = logging.getLogger(__name__)
_here = threading.local()


def after_commit(kind: str, work: Callable[..., object], *arguments: Hashable) -> None:
    """Do the work once the present transaction is committed; a failure is logged, a sweep makes it good.

    Work that may be repeated only: handed over, it is done once for all who ask before it begins.
    """
    transaction.on_commit(lambda: _begin(kind, work, arguments), robust=True)


def _begin(kind: str, work: Callable[..., object], arguments: tuple[Hashable, ...]) -> None:
    errands: Errands | None = getattr(_here, "errands", None)
    if errands is None:
        work(*arguments)
    else:
        errands.take(kind, work, *arguments)


class Errands:
    """The threads of one process that run errands; an errand that already waits is not taken twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[str, ThreadPoolExecutor] = {}
        self._waiting: set[Hashable] = set()
        self._under_way = 0
        self._connections: set[BaseDatabaseWrapper] = set()

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def serve_this_thread(self) -> None:
        """From now on this thread hands its errands over."""
        _here.errands = self

    def take(self, kind: str, work: Callable[..., object], *arguments: Hashable) -> None:
        errand = (kind, work, arguments)
        with self._lock:
            if errand in self._waiting:
                return
            self._waiting.add(errand)
            self._under_way += 1
            if kind not in self._threads:
                self._threads[kind] = ThreadPoolExecutor(1, thread_name_prefix=f"errands-{kind}")
            self._threads[kind].submit(self._run, errand)

    def close_connections(self) -> None:
        """End the threads and give their connections back."""
        for thread in self._threads.values():
            thread.shutdown(wait=True)
        for wrapper in self._connections:
            if wrapper.connection is not None:
                wrapper.connection.close()

    def _run(self, errand: tuple[Any, ...]) -> None:
        kind, work, arguments = errand
        with self._lock:
            self._waiting.discard(errand)  # whoever asks from here on may have seen more
            self._connections.add(connections[DEFAULT_DB_ALIAS])
        try:
            with_fresh_connection(work, *arguments)
        except Exception as error:  # nobody waits for the answer; the sweep repeats what is owed
            log.error("an errand (%s) failed: %s", kind, type(error).__name__)  # its words may quote people's
        finally:
            with self._lock:
                self._under_way -= 1
