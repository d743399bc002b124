"""A client of the live protocol as a mobile app would write it from docs/protocol.md alone."""

import asyncio
import contextlib
import random
import uuid
from collections import deque
from typing import Any

import orjson
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.campaign.door import Account, fetch_ticket
from tests.campaign.ledger import Ledger, Message

PATIENCE = 5.0  # seconds for a ticket, a connection, a welcome, an answer
PING, DEAD = 20.0, 45.0
UNANSWERED = 8
PASS_TIME = 100.0  # seconds a return ticket is trusted
NAMED_IN_HELLO = 16  # what fits into the frame before the welcome; the rest is subscribed to after it
CREDIT_EVERY = 24  # entries, over all conversations of the connection
SEEN_PAUSE = 2.0  # seconds
STOPS = {1009, 4400, 4409, 4426, 4440}
RETRYABLE = {"database", "overload", "order", "storage", "too_fast"}


class Wire(WSListener):
    """One connection of a client."""

    def __init__(self, client: "Client") -> None:
        self.client = client
        self.code = 1006
        self.transport: WSTransport | None = None
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.code = int(frame.get_close_code() or 1005)
            transport.send_close(1000)
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT and self.client.wire is self:
            self.client.take(orjson.loads(frame.get_payload_as_bytes()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self.ended.done():
            self.ended.set_result(self.code)

    def send(self, frame: dict[str, Any]) -> None:
        if self.transport is not None and not self.ended.done():
            with contextlib.suppress(WSError):
                self.transport.send(WSMsgType.TEXT, orjson.dumps(frame))


class Client:
    """One tab of one person: writes by go-back-N, reads contiguously, comes back whenever it is cut off."""

    def __init__(self, port: int, account: Account, ledger: Ledger, conversations: list[str]) -> None:
        self.port = port
        self.account = account
        self.ledger = ledger
        self.shown: dict[str, list[int]] = {conversation: [] for conversation in conversations}
        self._followed = conversations
        self.pending: deque[Message] = deque()
        self.wire: Wire | None = None
        self.is_ready = False
        self.is_leaving = False
        self.connections = 0
        self._sent = 0
        self._tries = 0
        self._pause = 0.1
        self._unconfirmed: dict[str, int] = {}
        self._unseen: dict[str, int] = {}
        self._saw_at = 0.0
        self._uncounted = 0
        self._timer: asyncio.TimerHandle | None = None
        self._pass, self._pass_at = "", 0.0  # the ticket to come back with, and since when
        self._wait = 0.0  # seconds the desk asked for in its goodbye
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._pinged_at = self._answered_at = self._loop.time()
        self._life = self._loop.create_task(self._live())

    # The connection

    async def _live(self) -> None:
        while not self.is_leaving:
            try:
                code = await self._connection()
            except (OSError, TimeoutError, WSError):
                code = 1006
            self._lost()
            if self.is_leaving:
                return
            self.ledger.closes[code] += 1
            if code in STOPS:
                self.ledger.problem("closed", f"{self.account.name} was told to stay away by {code}")
                return
            await asyncio.sleep(self._pause_after(code))

    async def _connection(self) -> int:
        """A whole connection; the code it ended with."""
        self._wait = 0.0
        ticket = self._pass if self._loop.time() - self._pass_at < PASS_TIME else ""
        ticket = ticket or await asyncio.wait_for(fetch_ticket(self.port, self.account), PATIENCE)
        host = f"127.0.0.1:{self.port}"
        headers = {"Origin": f"http://{host}", "Sec-WebSocket-Protocol": "supportdesk.v1"}
        url = f"ws://{host}/ws/v1/"
        made = Wire(self)
        await ws_connect(
            lambda: made, url, extra_headers=headers, websocket_handshake_timeout=PATIENCE, logger_name="wire"
        )
        if made.transport is None:
            raise OSError("the connection ended within its handshake")
        self.wire = made
        self._heard_at = self._pinged_at = self._loop.time()
        self._pass = ""
        followed = [{"conversation": name, "after": len(self.shown[name])} for name in self._followed[:NAMED_IN_HELLO]]
        made.send({"type": "hello", "ticket": ticket, "client": str(uuid.uuid4()), "subscriptions": followed})
        return await made.ended

    def _pause_after(self, code: int) -> float:
        if code in {1001, 1012}:
            return random.uniform(0, self._wait or 2)
        if code == 4429:
            return self._wait or 5.0
        if code == 4503:
            return random.uniform(0, self._wait) if self._wait else random.uniform(5, 30)
        self._tries += 1
        return random.uniform(0, min(30.0, 0.25 * 2**self._tries))

    def _lost(self) -> None:
        self.wire = None
        self.is_ready = False
        self._sent = self._uncounted = 0
        self._unconfirmed.clear()
        self._stop_timer()

    def tick(self) -> None:
        """Called a few times a second: heartbeats, and answers that do not come."""
        now, wire = self._loop.time(), self.wire
        if wire is None or wire.transport is None:
            return
        if now - self._heard_at > (DEAD if self.is_ready else PATIENCE):
            wire.transport.disconnect()
        elif now - self._pinged_at > PING:
            self._pinged_at = now
            wire.send({"type": "ping", "n": 1})
        if now - self._saw_at > SEEN_PAUSE:
            self._saw_at = now
            self._see(wire)
        if self.is_ready and self._sent and self._timer is None and now - self._answered_at > PATIENCE:
            self._answered_at = now
            self._repeat_all()

    def _see(self, wire: Wire) -> None:
        """A person reads in glances, not entry by entry: an app that says more is taken for a flood."""
        for conversation, seq in self._unseen.items():
            wire.send({"type": "seen", "conversation": conversation, "seq": seq})
        self._unseen.clear()

    async def leave(self) -> None:
        self.is_leaving = True
        if self.wire is not None and self.wire.transport is not None:
            self.wire.transport.send_close(1000)
            self.wire.transport.disconnect()
        self._life.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await self._life

    # Writing

    def write(self, message: Message) -> None:
        self.ledger.wrote(message)
        self.pending.append(message)
        self._go_on()

    def _go_on(self) -> None:
        if self.wire is None or not self.is_ready or self._timer is not None:
            return
        while self._sent < min(UNANSWERED, len(self.pending)):
            if not self._sent:
                self._answered_at = self._loop.time()
            message = self.pending[self._sent]
            self._sent += 1
            frame = {"type": "message.post", "id": message.id, "conversation": message.conversation}
            self.wire.send(frame | {"body": message.body, "kind": message.kind})

    def _repeat_all(self) -> None:
        self._stop_timer()
        self._sent = 0
        self._go_on()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _drop(self, message: Message) -> None:
        place = self.pending.index(message)
        del self.pending[place]
        self._sent -= place < self._sent

    def _pending(self, id_: str) -> Message | None:
        return next((message for message in self.pending if message.id == id_), None)

    # Frames

    def take(self, frame: dict[str, Any]) -> None:
        self._heard_at = self._loop.time()
        kind = frame["type"]
        if "return_ticket" in frame:
            self._pass, self._pass_at = frame["return_ticket"], self._loop.time()
        if kind == "entry.posted":
            self._show(frame["conversation"], frame["seq"], frame["entry"])
        elif kind == "posted":
            self._posted(frame)
        elif kind == "refused":
            self._refused(frame)
        elif kind == "welcome":
            self.is_ready = True
            self.connections += 1
            self._tries, self._pause = 0, 0.1
            self._subscribe_to_the_rest()
            self._go_on()
        elif kind in {"dropped", "reset"}:
            self.ledger.problem("readers", f"{self.account.name} was told {kind}")
        elif kind == "bye":
            self._wait = float(frame.get("retry_after") or 0)

    def _subscribe_to_the_rest(self) -> None:
        for name in self._followed[NAMED_IN_HELLO:] if self.wire is not None else ():
            self.wire.send({"type": "subscribe", "conversation": name, "after": len(self.shown[name])})

    def _posted(self, frame: dict[str, Any]) -> None:
        self._answered_at = self._loop.time()
        self._pause = 0.1
        message = self._pending(frame["id"])
        if message is not None:
            self.ledger.posted(message, frame["seq"])
            self._drop(message)
            self._go_on()

    def _refused(self, frame: dict[str, Any]) -> None:
        self._answered_at = self._loop.time()
        self.ledger.refusals[frame["code"]] += 1
        message = self._pending(frame["id"])
        if message is None:
            return
        if frame["code"] not in RETRYABLE:
            self.ledger.problem("refused", f"{self.account.name}: {message.mark} {frame['code']}")
            self._drop(message)
        elif self._timer is None:
            wait = max(self._asked_to_wait(frame), self._pause) * random.uniform(1, 1.3)
            self._pause = min(2.0, self._pause * 2)
            self._timer = self._loop.call_later(wait, self._repeat_all)

    def _asked_to_wait(self, frame: dict[str, Any]) -> float:
        """Seconds; one who is too fast comes back when a whole window may go, not one message of it."""
        count = min(UNANSWERED, len(self.pending)) if frame["code"] == "too_fast" else 1
        return float(frame.get("retry_after") or 0) * count

    def _show(self, conversation: str, seq: int, entry: dict[str, Any]) -> None:
        shown = self.shown[conversation]
        if seq != len(shown) + 1:
            self.ledger.problem("readers", f"{self.account.name} was shown {seq} of {conversation} after {len(shown)}")
            return
        if entry["kind"] == "note" and self.account.audience == "public":
            self.ledger.problem("secrets", f"{self.account.name} was shown a note")
        shown.append(hash((entry["kind"], entry["body"])))
        self.ledger.shown(entry["body"].rpartition(" ")[2])
        self._unconfirmed[conversation] = seq
        self._uncounted += 1
        if self._uncounted >= CREDIT_EVERY:
            self._confirm()

    def _confirm(self) -> None:
        for conversation, seq in self._unconfirmed.items() if self.wire is not None else ():
            self.wire.send({"type": "received", "conversation": conversation, "seq": seq})
            self._unseen[conversation] = seq
        self._unconfirmed.clear()
        self._uncounted = 0
