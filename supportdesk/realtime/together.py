"""Questions to Postgres that come while others are being asked are asked together.

A crash sends everybody back in the same seconds, and one statement for fifty of them costs little more than for one.
The group commit does this for messages, which have an order; questions have none.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from supportdesk.realtime.database import DatabaseThread

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")
LIMIT = 50  # questions at once: the answers to more would keep the first ones waiting


class Together(Generic[T, R]):
    """Hands waiting questions to a database thread, one batch at a time; ``answer`` gives one answer per question."""

    def __init__(self, thread: DatabaseThread, answer: Callable[[list[T]], list[R]], *, limit: int = LIMIT) -> None:
        self._thread = thread
        self._answer = answer
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._is_asking = False

    def ask(self, question: T) -> "asyncio.Future[R]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._waiting.append((question, future))
        if not self._is_asking:
            self._is_asking = True
            loop.call_soon(self._launch)
        return future

    def _launch(self) -> None:
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._limit))]
        future = self._thread.start(self._answer, [question for question, _ in batch])
        future.add_done_callback(lambda done: self._finish(batch, done))

    def _finish(self, batch: "list[tuple[T, asyncio.Future[R]]]", done: "asyncio.Future[list[R]]") -> None:
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        if error is None:
            for (_, future), answer in zip(batch, done.result(), strict=True):
                if not future.done():
                    future.set_result(answer)
        else:
            self._fail(batch, error)
        if self._waiting:
            self._launch()
        else:
            self._is_asking = False

    def _fail(self, batch: "list[tuple[T, asyncio.Future[R]]]", error: BaseException) -> None:
        """Everybody hears it: a question is data, so what fails is Postgres and not one of them."""
        log.warning("a batch of %d questions was not answered: %s", len(batch), type(error).__name__)
        for _, future in batch:
            if future.done():
                continue
            if isinstance(error, asyncio.CancelledError):
                future.cancel()
            else:
                future.set_exception(error)
