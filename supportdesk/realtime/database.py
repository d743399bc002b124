"""Postgres from the event loop: a few threads of our own, each with its connection, healed after a restart."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

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


class DatabaseThread:
    """Threads for database work of the event loop; they hold their connections between calls."""

    def __init__(self, name: str, threads: int = 1) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def start(self, work: Callable[..., R], *arguments: Any) -> "asyncio.Future[R]":
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._pool, with_fresh_connection, work, *arguments)

    def close_connections(self) -> None:
        """For tests: give the connections back and end the threads."""
        for _ in range(self._pool._max_workers):
            self._pool.submit(connection.close)
        self._pool.shutdown(wait=True)
