"""The load: borrowers and agents on sockets, an agent's one socket carrying several chats; the same for each server."""

import asyncio
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

BODY = "Здравствуйте! Подскажите, пожалуйста, как продлить заём до пятницы? Спасибо."
CREDIT_EVERY = 4


@dataclass
class Tally:
    """What one run saw."""

    posted: int = 0
    refused: int = 0
    sent_at: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)


class Talker(WSListener):
    """One person's socket."""

    def __init__(self, hello: dict, tally: Tally) -> None:
        self.hello = hello
        self.tally = tally
        self.ready = asyncio.get_running_loop().create_future()
        self.talks = [item["conversation"] for item in hello["subscriptions"]]
        self.level = set()
        self.needs_synced = "ticket" in hello
        self.is_pushing = False
        self.uncredited: dict[str, int] = defaultdict(int)
        self.turn = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, orjson.dumps(self.hello))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            if not self.ready.done():
                self.ready.set_exception(RuntimeError(f"closed with {frame.get_close_code()}"))
            return
        message = orjson.loads(frame.get_payload_as_bytes())
        kind = message["type"]
        if kind == "entry.posted":
            self.show(message)
        elif kind == "posted":
            self.tally.posted += 1
            if self.is_pushing:
                self.post()
        elif kind == "refused":
            self.tally.refused += 1
        elif kind in ("welcome", "synced"):
            self.level.add(message.get("conversation", ""))
            wanted = len(self.talks) + 1 if self.needs_synced else 1
            if len(self.level) == wanted and not self.ready.done():
                self.ready.set_result(None)

    def show(self, message: dict) -> None:
        sent_at = self.tally.sent_at.get(message["entry"]["body"].rpartition(" ")[2])
        talk = message["conversation"]
        if sent_at is not None and not message["entry"]["body"].startswith(self.name):
            self.tally.delays.append(time.perf_counter() - sent_at)
        self.uncredited[talk] += 1
        if self.uncredited[talk] >= CREDIT_EVERY:
            self.uncredited[talk] = 0
            credit = {"type": "received", "conversation": talk, "seq": message["seq"]}
            self.transport.send(WSMsgType.TEXT, orjson.dumps(credit))

    @property
    def name(self) -> str:
        return str(id(self))

    def post(self) -> None:
        """One message into the next of one's chats."""
        self.turn += 1
        mark = uuid.uuid4().hex
        self.tally.sent_at[mark] = time.perf_counter()
        frame = {
            "type": "message.post",
            "id": str(uuid.uuid4()),
            "conversation": self.talks[self.turn % len(self.talks)],
            "body": f"{self.name} {BODY} {mark}",
        }
        self.transport.send(WSMsgType.TEXT, orjson.dumps(frame))


async def connect(urls: list[str], origin: str, hellos: list[dict], tally: Tally) -> list[Talker]:
    """Everybody, greeted and level; neighbours in the list go to different processes."""
    talkers = []
    for number, hello in enumerate(hellos):
        talker = await join(urls[number % len(urls)], origin, Talker(hello, tally))
        talkers.append(talker)
        await asyncio.wait_for(talker.ready, 60)
    return talkers


async def join(url: str, origin: str, listener: WSListener) -> Any:
    """Open one socket of the desk."""
    headers = {"Origin": origin, "Sec-WebSocket-Protocol": "supportdesk.v1"}
    await ws_connect(lambda: listener, url, extra_headers=headers, websocket_handshake_timeout=60)
    return listener


async def saturate(talkers: list[Talker], in_flight: int, seconds: float) -> float:
    """Keep so many messages in flight for a while; messages stored a second."""
    tally = talkers[0].tally
    for number in range(in_flight):
        talker = talkers[number % len(talkers)]
        talker.is_pushing = True
        talker.post()
    before, started = tally.posted, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (tally.posted - before) / (time.perf_counter() - started)
    for talker in talkers:
        talker.is_pushing = False
    await asyncio.sleep(1)
    return rate


async def at_rate(talkers: list[Talker], rate: float, seconds: float) -> list[float]:
    """Messages at a fixed rate; the delays until the other side was shown them."""
    tally = talkers[0].tally
    tally.delays.clear()
    started = time.perf_counter()
    for number in range(int(rate * seconds)):
        due = started + number / rate
        while (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        talkers[number % len(talkers)].post()
    await asyncio.sleep(1)
    return sorted(tally.delays)


async def leave(talkers: list[Talker]) -> None:
    for talker in talkers:
        talker.transport.send_close(1000)
        talker.transport.disconnect()
    await asyncio.sleep(0.5)
