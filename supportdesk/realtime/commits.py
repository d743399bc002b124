"""Group commit: what arrives while one commit is under way is stored together by the next."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError

from supportdesk.realtime import metrics
from supportdesk.realtime.database import DatabaseThread
from supportdesk.realtime.events import Event
from supportdesk.realtime.failpoints import failpoint
from supportdesk.realtime.publishing import collected, publish

log = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    answer: Callable[[R], None]
    lane: Hashable


@dataclass(slots=True)
class _Failed:
    error: Exception


class GroupCommit(Generic[T, R]):
    """Hands waiting items, in order, to one thread with one connection; a batch is one transaction.

    ``store`` answers one result per item. ``failed`` makes the result of an item that could not be stored, ``behind``
    that of an item which waited behind it in the same lane: a lane is never stored with a hole. What a batch publishes
    is told with its answers, so that the loop wakes once for both and a client is written to once. ``prepare`` runs
    first in the thread.
    """

    def __init__(
        self,
        store: Callable[[Sequence[T]], list[R]],
        *,
        failed: Callable[[Exception], R],
        behind: Callable[[], R],
        tell: Callable[[list[Event]], None] = publish,
        limit: int = 200,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        self._store = store
        self._failed = failed
        self._behind = behind
        self._tell = tell
        self._limit = limit
        self._thread = DatabaseThread("writer", prepare=prepare)
        self._waiting: deque[_Waiting[T, R]] = deque()
        self._busy = False

    @property
    def is_idle(self) -> bool:
        return not self._busy and not self._waiting

    def close_connections(self) -> None:
        self._thread.close_connections()

    def submit(self, item: T, answer: Callable[[R], None], lane: Hashable) -> None:
        """Store the item with the next batch; ``answer`` is called on the event loop after commit."""
        self._waiting.append(_Waiting(item, answer, lane))
        if not self._busy:
            self._busy = True
            asyncio.get_running_loop().call_soon(self._launch)

    def _launch(self) -> None:
        count = min(len(self._waiting), self._limit)
        batch = [self._waiting.popleft() for _ in range(count)]
        began_at = metrics.clock()
        said: list[Event] = []
        future = self._thread.start(self._store_collecting, batch, said)

        def finish(done: "asyncio.Future[list[R | _Failed]]") -> None:
            metrics.batches.observe(len(batch))
            metrics.commits.observe(metrics.clock() - began_at)
            if said:
                self._tell_all(said)
            self._finish(batch, _results(done, len(batch)))

        future.add_done_callback(finish)

    def _finish(self, batch: "list[_Waiting[T, R]]", results: "list[R | _Failed]") -> None:
        failpoint("commits.before_answers")
        lanes = {waiting.lane for waiting, result in zip(batch, results, strict=True) if isinstance(result, _Failed)}
        for waiting, result in zip(batch, results, strict=True):
            self._answer(waiting, self._failed(result.error) if isinstance(result, _Failed) else result)
        if lanes:
            self._refuse_behind(lanes)
        if self._waiting:
            self._launch()
        else:
            self._busy = False

    def _tell_all(self, said: list[Event]) -> None:
        """What was committed, even when a later step of its batch failed."""
        try:
            self._tell(said)
        except Exception:  # readers poll for what they were not told; senders must have their answers
            log.exception("%d events of a batch were not told", len(said))

    def _refuse_behind(self, lanes: set[Hashable]) -> None:
        behind = [waiting for waiting in self._waiting if waiting.lane in lanes]
        self._waiting = deque(waiting for waiting in self._waiting if waiting.lane not in lanes)
        for waiting in behind:
            self._answer(waiting, self._behind())

    def _answer(self, waiting: "_Waiting[T, R]", result: R) -> None:
        try:
            waiting.answer(result)
            failpoint("commits.after_answer")
        except Exception:  # a socket that is gone must not keep the others from their answers
            log.exception("an answer was not delivered")

    def _store_collecting(self, batch: "list[_Waiting[T, R]]", said: list[Event]) -> "list[R | _Failed]":
        with collected(said):
            return self._store_batch(batch)

    def _store_batch(self, batch: "list[_Waiting[T, R]]") -> "list[R | _Failed]":
        """One transaction; when an item spoils it, each by itself, so that only its own lane is refused."""
        try:
            return list(self._store([waiting.item for waiting in batch]))
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            if len(batch) == 1:
                log.error("an item was not stored: %s %s", type(error).__name__, _sqlstate(error))
                return [_Failed(error)]
            log.warning("a batch of %d was not stored (%s); one by one", len(batch), type(error).__name__)
        return self._store_singly(batch)

    def _store_singly(self, batch: "list[_Waiting[T, R]]") -> "list[R | _Failed]":
        results: list[R | _Failed] = []
        lanes: set[Hashable] = set()
        for waiting in batch:
            result = self._behind() if waiting.lane in lanes else self._store_batch([waiting])[0]
            if isinstance(result, _Failed):
                lanes.add(waiting.lane)
            results.append(result)
        return results


def _sqlstate(error: Exception) -> str:
    """The database's own code for what went wrong; its words may hold what people wrote."""
    return str(getattr(error.__cause__ or error, "pgcode", None) or "-")


def _results(done: "asyncio.Future[list[R | _Failed]]", count: int) -> "list[R | _Failed]":
    """What the thread answered; a failure of the whole batch is a failure of each of its items."""
    if done.cancelled():
        return [_Failed(DatabaseError("cancelled"))] * count
    error = done.exception()
    if error is None:
        return done.result()
    log.warning("a batch of %d was not stored: %s", count, type(error).__name__)
    return [_Failed(error if isinstance(error, Exception) else DatabaseError())] * count
