"""What is on its way to a client: written once for a turn of the loop; the application waits while nobody reads."""

# ruff: noqa: N802, N815  the names are Twisted's and Autobahn's

import asyncio
from typing import Any

from twisted.internet.tcp import Connection


class Outbox:
    """Frames of one client, and the producer whom Twisted tells that its buffer (64 KiB) is full."""

    __slots__ = ("_frames", "_has_own_socket", "_loop", "_room", "_transport")

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._frames: list[bytes] = []
        self._has_own_socket = isinstance(transport, Connection)
        self._room: asyncio.Future[None] | None = None
        transport.unregisterProducer()  # the HTTP channel of the handshake, which thereby may go
        transport.registerProducer(self, True)

    @property
    def is_full(self) -> bool:
        return self._room is not None

    def put(self, frame: bytes) -> None:
        if not self._frames:
            self._loop.call_soon(self.flush)
        self._frames.append(frame)

    def flush(self) -> None:
        """Write at once what the socket takes: through the reactor every write is three system calls."""
        if not self._frames:
            return
        data = b"".join(self._frames)
        self._frames.clear()
        if self._has_own_socket and self._is_idle():
            written = self._transport.writeSomeData(data)
            if isinstance(written, int):  # otherwise the connection is lost, which Twisted finds out by itself
                data = data[written:]
        if data:
            self._transport.write(data)

    async def room(self) -> None:
        """Wait until the client has read on, or is gone."""
        while self._room is not None:
            await asyncio.shield(self._room)

    def pauseProducing(self) -> None:
        if self._room is None:
            self._room = self._loop.create_future()

    def resumeProducing(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    stopProducing = resumeProducing

    def _is_idle(self) -> bool:
        transport = self._transport
        nothing_waits = not transport.dataBuffer and not transport._tempDataBuffer
        return bool(transport.connected and nothing_waits and not transport.disconnecting)
