"""Leaving in order: on SIGTERM say goodbye to the sockets first, then let the server stop as it does."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

log = logging.getLogger(__name__)
Goodbye = Callable[[], Awaitable[None]]

_draining = threading.Event()


def is_draining() -> bool:
    """Whether this process is about to stop: readiness answers no, posts are refused with ``overload``."""
    return _draining.is_set()


def say_goodbye_first(goodbye: Goodbye) -> None:
    """Run ``goodbye`` on the running loop when a stop signal comes, then the server's own handler.

    The server has installed its handlers by the time the first socket comes; a second signal goes straight to them.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, loop, goodbye)


def _chain(number: int, loop: asyncio.AbstractEventLoop, goodbye: Goodbye) -> None:
    server = signal.getsignal(number)
    if not callable(server):
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        if _draining.is_set():
            server(signum, frame)
            return
        _draining.set()
        loop.call_soon_threadsafe(lambda: loop.create_task(_leave(goodbye, server, signum)))

    signal.signal(number, stop)


async def _leave(goodbye: Goodbye, server: Callable[[int, FrameType | None], Any], signum: int) -> None:
    try:
        await asyncio.wait_for(goodbye(), 10)
    except Exception:  # whatever happens, the process must stop
        log.exception("the sockets were not closed in order")
    server(signum, None)
