"""Leaving in order, on SIGTERM: not ready, goodbye to the sockets, requests answered, then the server's own stop."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

log = logging.getLogger(__name__)
Goodbye = Callable[[], Awaitable[None]]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
LEAVING_TIME = 10.0  # seconds after which the server stops whatever is still under way
LISTENING_TIME = 1.0, 4.0  # at least and at most so long it goes on taking connections, to be heard as not ready

_draining = threading.Event()
_goodbyes: dict[asyncio.AbstractEventLoop, Goodbye] = {}
_requests: set[int] = set()  # under way
_is_chained = False


def is_draining() -> bool:
    """Whether this process is about to stop: readiness answers no, posts are refused with ``overload``."""
    return _draining.is_set()


def say_goodbye_first(goodbye: Goodbye) -> None:
    """Run ``goodbye`` on the running loop when a stop signal comes."""
    _goodbyes[asyncio.get_running_loop()] = goodbye


class Leaving:
    """The application of a process that may be told to stop: what was begun is finished, the rest goes elsewhere."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        _chain_once()
        if scope["type"] == "websocket" and is_draining():
            await _refuse(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        _requests.add(id(scope))
        try:
            await self.application(scope, receive, _ending_the_connection(send))
        finally:
            _requests.discard(id(scope))


async def _refuse(scope: Message, receive: Receive, send: Send) -> None:
    """Answer a handshake with 503: a proxy then asks the next server, and the client never knows."""
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": 503, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close", "code": 1012})


def _ending_the_connection(send: Send) -> Send:
    """While the process stops, a proxy must not keep the connection for its next request."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and is_draining():
            message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
        await send(message)

    return answer


def _chain_once() -> None:
    """Get ahead of the server's signal handlers, which it has installed by the time anything comes."""
    global _is_chained
    if _is_chained or threading.current_thread() is not threading.main_thread():
        return
    _is_chained = True
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, loop)


def _chain(number: int, loop: asyncio.AbstractEventLoop) -> None:
    server = signal.getsignal(number)
    if not callable(server):
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        if _draining.is_set():  # a second signal goes straight to the server
            server(signum, frame)
            return
        _draining.set()
        loop.call_soon_threadsafe(lambda: loop.create_task(_leave(loop, server, signum)))

    signal.signal(number, stop)


async def _leave(loop: asyncio.AbstractEventLoop, server: Callable[[int, FrameType | None], Any], signum: int) -> None:
    try:
        await asyncio.wait_for(_finish(loop), LEAVING_TIME)
    except TimeoutError:
        log.warning("%d requests were not answered before the stop", len(_requests))
    except Exception:  # whatever happens, the process must stop
        log.exception("the sockets were not closed in order")
    server(signum, None)


async def _finish(loop: asyncio.AbstractEventLoop) -> None:
    """The sockets leave first; then nothing new is taken, and what was begun is answered."""
    from supportdesk.realtime.daphne import stop_listening

    least, most = (loop.time() + each for each in LISTENING_TIME)
    goodbye = _goodbyes.get(loop)
    if goodbye is not None:
        await goodbye()
    while loop.time() < least or (_requests and loop.time() < most):
        await asyncio.sleep(0.02)
    stop_listening()
    while _requests:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)  # the last answer leaves
