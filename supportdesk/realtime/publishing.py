"""Publishing from anywhere: views, workers, Celery, the writer's thread. Never raises, never waits long."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

from supportdesk import hasty
from supportdesk.realtime.events import Event, frame, pack
from supportdesk.realtime.hub import CHANNEL, running_hub

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds without trying after Redis failed, so that a dead Redis costs nothing
LONG_PAUSE = 10.0  # the same after it was silent: each try cost somebody half a second

_here = threading.local()


@contextmanager
def collected(events: list[Event]) -> Iterator[None]:
    """What this thread publishes is put into ``events``; whoever collects it publishes it."""
    _here.events = events
    try:
        yield
    finally:
        _here.events = None


def publish_on_commit(group: str, content: dict[str, Any]) -> None:
    """Send the frame to the group's sockets, as it is, once the transaction is committed."""
    publish_all_on_commit([frame(group, content)])


def publish_all_on_commit(events: Iterable[Event]) -> None:
    """The same for many; what is said in a row is published together."""
    waiting = list(events)
    if not waiting:
        return
    connection = transaction.get_connection()
    if connection.in_atomic_block and connection.run_on_commit:
        savepoints, last, _ = connection.run_on_commit[-1]
        if isinstance(last, _Publication) and savepoints == set(connection.savepoint_ids):
            last.events += waiting
            return
    transaction.on_commit(_Publication(waiting))


class _Publication:
    """What one transaction has to say: one wake-up of the loop, or one word to Redis, instead of many."""

    def __init__(self, events: list[Event]) -> None:
        self.events = events

    def __call__(self) -> None:
        publish(self.events)


def publish(events: list[Event]) -> None:
    """To this process's own members directly, to the other processes through Redis."""
    collecting: list[Event] | None = getattr(_here, "events", None)
    if collecting is not None:
        collecting += events
        return
    hub = running_hub()
    if hub is None or not hub.publish_from_thread(events):
        _publisher.publish(events)


class _Publisher:
    """A plain Redis connection for processes that serve no sockets."""

    def __init__(self) -> None:
        self._client: redis.Redis | None = None
        self._silent_until = 0.0

    def publish(self, events: list[Event]) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._connected().publish(CHANNEL, pack("", events))
        except (redis.RedisError, OSError) as error:
            is_hung = isinstance(error, redis.TimeoutError)
            self._silent_until = time.monotonic() + (LONG_PAUSE if is_hung else PAUSE)
            log.warning("hints are not published: %s", type(error).__name__)

    def _connected(self) -> "redis.Redis":
        if self._client is None:
            self._client = hasty.client(settings.REDIS_URL)
        return self._client


_publisher = _Publisher()
