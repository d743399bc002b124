"""What a client sent and the application has not taken yet: reading from the client rests while there is too much."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

MOST_EVENTS = 256
MOST_BYTES = 256 * 1024


class Inbox:
    """Daphne's queue of an application, with an end."""

    __slots__ = ("_events", "_go_on", "_is_resting", "_rest", "_size", "_taker")

    def __init__(self, rest: Callable[[], None], go_on: Callable[[], None]) -> None:
        self._rest = rest
        self._go_on = go_on
        self._events: deque[dict[str, Any]] = deque()
        self._size = 0
        self._taker: asyncio.Future[None] | None = None
        self._is_resting = False

    def put_nowait(self, event: dict[str, Any]) -> None:
        self._events.append(event)
        self._size += _size_of(event)
        if self._taker is not None and not self._taker.done():
            self._taker.set_result(None)
        if not self._is_resting and (len(self._events) > MOST_EVENTS or self._size > MOST_BYTES):
            self._is_resting = True
            self._rest()

    async def get(self) -> dict[str, Any]:
        while not self._events:
            self._taker = asyncio.get_running_loop().create_future()
            await self._taker
        event = self._events.popleft()
        self._size -= _size_of(event)
        if self._is_resting and len(self._events) < MOST_EVENTS / 2 and self._size < MOST_BYTES / 2:
            self._is_resting = False
            self._go_on()
        return event


def _size_of(event: dict[str, Any]) -> int:
    return len(event.get("text") or event.get("bytes") or "")
