"""HTTP requests take turns: a few threads that stay, each with its own connection to Postgres, answer all of them.

Django's handler gives every request a thread and thereby a connection of its own, so that a thousand browsers that come
back at once are a thousand connections, more than Postgres takes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.utils.translation import gettext_lazy as _

from supportdesk.bodies import refuse

SEATS = 16  # requests at once: their threads share one interpreter, more would only wait for each other
MOST_WAITING = 2_000
RETRY_TIME = "2"  # seconds
BUSY = _("The desk is busy. Try again in a few seconds.")
HEALTH = {"/livez", "/readyz"}  # answered whoever else waits

_sit_down: ContextVar[Callable[[], Awaitable[None]]] = ContextVar("sit_down")


class Seats:
    """Threads for requests; the one used last is used first, so that few of them are warm while little happens."""

    def __init__(self, count: int) -> None:
        self._free = [ThreadPoolExecutor(1, thread_name_prefix="request") for _ in range(count)]
        self._turns = asyncio.Semaphore(count)
        self.waiting = 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for one, first come first served; what is synchronous within runs in its thread."""
        self.waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting -= 1
        thread = self._free.pop()
        try:
            async with ThreadSensitiveContext(executor=thread):
                yield
        finally:
            self._give_back_once_idle(thread, asyncio.get_running_loop())

    def _give_back_once_idle(self, thread: ThreadPoolExecutor, loop: asyncio.AbstractEventLoop) -> None:
        """A client that goes away does not end what its request does: the next one must not wait behind it."""

        def give_back() -> None:
            self._free.append(thread)
            self._turns.release()

        def tell(_: object) -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(give_back)

        thread.submit(int).add_done_callback(tell)


class SeatedHandler(ASGIHandler):
    """Django's handler. A seat is taken once the body is there, so that nobody occupies one by sending slowly.

    All middleware and the view run in one visit to the thread; in Django's own order each middleware is two visits.
    """

    def __init__(self, seats: int = SEATS, most_waiting: int = MOST_WAITING) -> None:
        super().__init__()
        self._seats = Seats(seats)
        self._health = Seats(1)
        self._most_waiting = most_waiting

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)
        chain: Any = self._middleware_chain
        self._middleware_chain: Any = sync_to_async(chain, thread_sensitive=True)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        is_health = scope["path"] in HEALTH
        if not is_health and self._seats.waiting >= self._most_waiting:
            await refuse(scope, send, 503, "overload", BUSY, retry_after=RETRY_TIME)
            return
        seats = self._health if is_health else self._seats
        async with AsyncExitStack() as request:
            _sit_down.set(lambda: request.enter_async_context(seats.taken()))
            await super().handle(scope, receive, send)

    async def read_body(self, receive: Any) -> Any:
        body = await super().read_body(receive)
        try:
            await _sit_down.get()()
        except BaseException:  # the client has gone while it waited
            body.close()
            raise
        return body
