"""Postgres from the event loop: a few threads of our own, each with its connection, healed after a restart."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

R = TypeVar("R")


def with_fresh_connection(work: Callable[..., R], *arguments: Any) -> R:
    """Do the work; once more on a new connection when the old one turned out dead.

    Only for work that is one transaction and safe to repeat.
    """
    try:
        return work(*arguments)
    except (OperationalError, InterfaceError):
        connection.close()
        return work(*arguments)


def postgres_time() -> float:
    """Seconds of the epoch by the clock of Postgres, which all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from statement_timestamp())::float8")
        return float(cursor.fetchone()[0])


class DatabaseThread:
    """Threads for database work of the event loop; they hold their connections between calls."""

    def __init__(self, name: str, threads: int = 1, prepare: Callable[[], None] | None = None) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=prepare)
        self._under_way: set[asyncio.Future[Any]] = set()
        self._connections: set[BaseDatabaseWrapper] = set()

    @property
    def is_idle(self) -> bool:
        return not self._under_way

    def start(self, work: Callable[..., R], *arguments: Any) -> "asyncio.Future[R]":
        loop = asyncio.get_running_loop()
        future = loop.run_in_executor(self._pool, self._work, work, *arguments)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)
        return future

    def close_connections(self) -> None:
        """End the threads and give their connections back."""
        self._pool.shutdown(wait=True)
        for wrapper in self._connections:
            if wrapper.connection is not None:
                wrapper.connection.close()

    def _work(self, work: Callable[..., R], *arguments: Any) -> R:
        self._connections.add(connections[DEFAULT_DB_ALIAS])
        return with_fresh_connection(work, *arguments)
