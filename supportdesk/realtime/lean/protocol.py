"""One websocket under Daphne."""

# ruff: noqa: N802, N803  the names are Twisted's and Autobahn's

import asyncio
import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor
from twisted.internet.tcp import Connection

from supportdesk.realtime.lean.frames import is_begun, text_frame, texts_in
from supportdesk.realtime.lean.inbox import Inbox
from supportdesk.realtime.lean.outbox import Outbox

WAITING_BYTES = 4_096  # of an incomplete frame; a longer one is collected by the library, which copies less


class LeanProtocol(WebSocketProtocol):
    """Daphne's protocol with short ways in and out."""

    inbox: Inbox
    outbox: Outbox | None = None
    data: bytes  # what the library has not judged yet

    def onConnect(self, request: Any) -> Any:
        self.inbox = Inbox(self._rest, self._go_on)
        self.failByDrop = False  # say why (1007, 1009) before the connection is dropped
        self.limit = min(filter(None, (self.maxMessagePayloadSize, self.maxFramePayloadSize)), default=1 << 62)
        return super().onConnect(request)

    def onOpen(self) -> None:
        self.outbox = Outbox(self.transport, asyncio.get_running_loop())
        self._listen_plainly()
        super().onOpen()

    def onClose(self, wasClean: bool, code: int | None, reason: Any) -> None:
        if self.outbox is not None:
            self.outbox.stopProducing()
        super().onClose(wasClean, code, reason)

    # In

    def dataReceived(self, data: bytes) -> None:
        if self.state != self.STATE_OPEN or self.current_frame is not None or self.inside_message or self.muted:
            self._dataReceived(data)
            return
        if self.data:
            data = self.data + data
        texts, end = texts_in(data, self.limit)
        self.data = data[end:]
        if texts:
            self._hear(texts)
        if self.data and not (len(self.data) < WAITING_BYTES and is_begun(self.data, self.limit)):
            self.consumeData()

    def _hear(self, texts: list[str]) -> None:
        self.last_ping = time.time()
        if self.autoPingTimeoutCall and self.autoPingRestartOnAnyTraffic:
            self._cancelAutoPingTimeoutCall()
        for text in texts:
            self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    def _rest(self) -> None:
        self.transport.pauseProducing()

    def _go_on(self) -> None:
        self.transport.resumeProducing()
        if self.outbox is not None:
            self._listen_plainly()

    def _listen_plainly(self) -> None:
        """Without the log context that Twisted puts around every event of a socket."""
        loop: Any = reactor
        transport = self.transport
        if isinstance(transport, Connection) and transport in loop._readers:
            loop._asyncioEventloop.add_reader(transport.fileno(), loop._readOrWrite, transport, True)

    # Out

    async def send(self, message: dict[str, Any]) -> None:
        """What the application says; a text goes the short way."""
        text = message.get("text")
        if text is not None and self.outbox is not None and self.state == self.STATE_OPEN:
            self.outbox.put(text_frame(text))
        else:
            await self.server.handle_reply(self, message)
        if self.outbox is not None and self.outbox.is_full:
            await self.outbox.room()

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """The library's own frames go out in their turn."""
        if self.outbox is None:
            super().sendData(data, sync, chopsize)
        else:
            self.outbox.put(data)

    def _closeConnection(self, abort: bool = False) -> None:
        if self.outbox is not None:
            self.outbox.flush()
        super()._closeConnection(abort)

    def application_ended(self, task: "asyncio.Task[None]") -> None:
        """An application that has ended without a close leaves nobody behind."""
        is_over = task.cancelled() or task.exception() is None
        if is_over and self.state == self.STATE_OPEN:
            self.dropConnection(abort=True)
