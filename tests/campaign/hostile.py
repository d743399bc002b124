"""Clients that mean harm, or do it: some never read, one never stops sending. Others must not notice."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.campaign import people
from tests.campaign.desk import WEBS
from tests.campaign.door import Account, fetch_ticket
from tests.campaign.faults import FAULTS, Fault, moment
from tests.campaign.results import at
from tests.campaign.world import World

DEAF, SOCKETS_EACH = 10, 10  # people and sockets of each: as many as one person may have
HOLD_TIME = 20.0  # seconds
MEMORY = 50 * 1024 * 1024  # bytes the web processes may grow by together
FLOOD = 1000  # frames a second
PING = orjson.dumps({"type": "ping", "n": 1})


class Deaf(WSListener):
    """A socket that greets and then never reads again, or reads only how it is closed."""

    def __init__(self, hello: dict[str, Any]) -> None:
        self.hello = hello
        self.code = 0

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        transport.send(WSMsgType.TEXT, orjson.dumps(self.hello))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.code = int(frame.get_close_code() or 0)
            transport.disconnect()


async def connect(world: World, account: Account, conversations: list[str]) -> Deaf:
    port = world.desk.proxy.port
    ticket = await fetch_ticket(port, account)
    followed = [{"conversation": one, "after": 0} for one in conversations]
    hello = {"type": "hello", "ticket": ticket, "client": str(uuid.uuid4()), "subscriptions": followed}
    deaf = Deaf(hello)
    headers = {"Origin": f"http://127.0.0.1:{port}", "Sec-WebSocket-Protocol": "supportdesk.v1"}
    await ws_connect(lambda: deaf, f"ws://127.0.0.1:{port}/ws/v1/", extra_headers=headers, logger_name="wire")
    return deaf


async def never_read(world: World) -> float:
    """A hundred sockets follow what is written and never take a byte of it."""
    assert world.crowd is not None
    chats = [chat.id for chat in world.crowd.chats[:16]]
    accounts = [(await world.in_django(people.hire, 0)).supervisor[1] for _ in range(DEAF)]
    before = memory(world)
    deaf = []
    for account in accounts:
        for _ in range(SOCKETS_EACH):
            one = await connect(world, account, chats)
            one.transport.underlying_transport.pause_reading()
            deaf.append(one)
    await _measure(world)
    grown = memory(world) - before
    if grown > MEMORY:
        world.ledger.problem("memory", f"100 sockets that never read cost {grown >> 20} MiB")
    for one in deaf:
        one.transport.underlying_transport.abort()
    return moment()


async def flood(world: World) -> float:
    """One client sends a thousand frames a second, and comes back as often as it may."""
    (_, secret) = await world.in_django(people.sign_in_borrower)
    flooder = await connect(world, Account("flood", "public", f"Authorization: Bearer {secret}\r\n"), [])
    measuring = asyncio.create_task(_measure(world))
    while not measuring.done():
        for _ in range(FLOOD // 10 if not flooder.code else 0):
            flooder.transport.send(WSMsgType.TEXT, PING)
        await asyncio.sleep(0.1)
    if flooder.code != 4429:
        world.ledger.problem("flood", f"a flood was answered with {flooder.code}")
    return moment()


async def _measure(world: World) -> None:
    """The 95th percentile of everybody else's deliveries meanwhile."""
    shown = len(world.ledger.delays)
    await asyncio.sleep(HOLD_TIME)
    world.measured = at(sorted(world.ledger.delays[shown:]), 0.95)


def memory(world: World) -> int:
    """Bytes that the web processes hold."""
    pages = (int(Path(f"/proc/{world.desk.pid(name)}/statm").read_text().split()[1]) for name in WEBS)
    return sum(pages) * 4096


HOSTILE = (
    Fault("slow-readers", "100 sockets that never read, 20 s (p95 of others)", never_read, (), 1.0),
    Fault("flood", "one client sends 1,000 frames a second (p95 of others)", flood, (), 1.0),
)
FAULTS |= {fault.name: fault for fault in HOSTILE}
