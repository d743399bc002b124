"""Idle sockets and their return after a crash: ``python -m bench.connections``.

Opens thousands of sockets in one process, each of a borrower who follows a chat and pings as a browser does, and weighs
them. Then the process is killed and started again: everybody comes back with the ticket of their last ``pong``, or
fetches one by HTTP where that is spent or late, and is brought level; whoever fails tries again later, as
docs/protocol.md says.
"""

import asyncio
import json
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any

import orjson
from picows import WSFrame, WSListener, WSMsgType, WSTransport

from bench.load import join
from bench.place import own_place, say
from bench.report import Figures, Options, machine, parser, table, tell
from bench.servers import Server, serving
from supportdesk.processes import allow_many_sockets

HEARTBEAT = 20.0
OPENED_AT_ONCE = 32
JITTER = 2.0  # seconds in which clients come back, at random
PATIENCE = 180.0
PASS_TIME = 100.0


@dataclass
class Person:
    """A borrower's tab: what it needs to connect, and the socket it has."""

    secret: str
    conversation: str
    after: int
    tab: "Tab | None" = None
    pass_: str = ""  # the ticket to come back with
    pass_at: float = 0.0

    def next_pass(self) -> str:
        """The ticket at hand, if it is still good; as static/conversation/socket.js does."""
        return self.pass_ if time.monotonic() - self.pass_at < PASS_TIME else ""


class Tab(WSListener):
    """One socket: level once ``ready`` is done; ``ended`` when the connection has gone."""

    def __init__(self, person: Person, hello: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        self.person = person
        self.hello = hello
        self.ready: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[None] = loop.create_future()
        self.pinged_at = 0.0
        self.delays: list[float] = []

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.person.pass_at = 0.0
        transport.send(WSMsgType.TEXT, orjson.dumps(self.hello))

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type != WSMsgType.TEXT:
            return
        said = orjson.loads(frame.get_payload_as_bytes())
        kind = said["type"]
        if "return_ticket" in said:
            self.person.pass_, self.person.pass_at = said["return_ticket"], time.monotonic()
        if kind == "synced" and not self.ready.done():
            self.ready.set_result(None)
        elif kind == "pong":
            self.delays.append(time.perf_counter() - self.pinged_at)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("gone"))
            self.ready.exception()

    def ping(self) -> None:
        self.pinged_at = time.perf_counter()
        self.transport.send(WSMsgType.TEXT, b'{"type":"ping","n":1}')


def everybody(count: int) -> list[Person]:
    """So many borrowers with a session and a chat each, written in bulk."""
    from datetime import timedelta

    from django.utils import timezone

    from chat.models import Conversation
    from identity.authentication import hash_of
    from identity.models import Borrower, BorrowerSession

    later = timezone.now() + timedelta(hours=8)
    tag = uuid.uuid4().hex[:6]
    borrowers = [Borrower(customer_id=f"{tag}-{n}", full_name=f"Заёмщик {n}", first_name="Анна") for n in range(count)]
    Borrower.objects.bulk_create(borrowers, 1000)
    people, chats, sessions = [], [], []
    for borrower in borrowers:
        chat = Conversation(channel="chat", borrower=borrower)
        secret = uuid.uuid4().hex
        chats.append(chat)
        sessions.append(BorrowerSession(borrower=borrower, secret_hash=hash_of(secret), expires_at=later))
        people.append(Person(secret, str(chat.pk), 0))
    Conversation.objects.bulk_create(chats, 1000)
    BorrowerSession.objects.bulk_create(sessions, 1000)
    return people


async def ticket_for(person: Person, port: int, host: str) -> str:
    """One request, as the widget makes it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"POST /api/v1/socket-tickets HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {person.secret}\r\n"
        writer.write(f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
    finally:
        writer.close()
    body = answer.partition(b"\r\n\r\n")[2]
    return str(json.loads(body[body.index(b"{") : body.rindex(b"}") + 1])["ticket"])


async def come(person: Person, server: Server, origin: str, host: str) -> None:
    """Connect and wait until level."""
    ticket = person.next_pass() or await asyncio.wait_for(ticket_for(person, server.ports[0], host), 30)
    wanted = [{"conversation": person.conversation, "after": person.after}]
    tab = Tab(person, {"type": "hello", "ticket": ticket, "client": str(uuid.uuid4()), "subscriptions": wanted})
    await join(server.urls[0], origin, tab)
    await asyncio.wait_for(tab.ready, 60)
    person.tab = tab


async def come_back(person: Person, server: Server, origin: str, host: str) -> int:
    """After a random while, as the protocol asks."""
    await asyncio.sleep(random.uniform(0, JITTER))
    return await persist(person, server, origin, host)


async def persist(person: Person, server: Server, origin: str, host: str) -> int:
    """Try again with growing pauses, as a browser does; how often it took."""
    for tries in range(1, 30):
        try:
            await come(person, server, origin, host)
            return tries
        except Exception:  # whatever went wrong, a browser tries again
            await asyncio.sleep(random.uniform(0, min(30.0, 0.25 * 2**tries)))
    raise RuntimeError("a client could not connect")


async def beat(people: list[Person]) -> None:
    """Pings of everybody who is connected, spread as they come, until cancelled."""
    while True:
        for number, person in enumerate(people):
            if person.tab is not None and not person.tab.ended.done():
                person.tab.ping()
            if number % 25 == 24:
                await asyncio.sleep(HEARTBEAT * 25 / len(people))


async def delays_of(people: list[Person], seconds: float) -> list[float]:
    """How long everybody's pongs take, in order of length."""
    for person in people:
        if person.tab is not None:
            person.tab.delays.clear()
    await asyncio.sleep(seconds)
    return sorted(delay for person in people if person.tab for delay in person.tab.delays)


async def measure(name: str, people: list[Person], options: Options) -> Figures:
    from supportdesk import settings

    origin = settings.PUBLIC_URL
    host = origin.partition("://")[2]
    gate = asyncio.Semaphore(OPENED_AT_ONCE)
    for person in people:
        person.pass_at = 0.0
    with serving(name) as server:

        async def enter(person: Person) -> None:
            async with gate:
                await persist(person, server, origin, host)

        warm, rest = people[:OPENED_AT_ONCE], people[OPENED_AT_ONCE:]
        await asyncio.gather(*map(enter, warm))
        empty = server.memory
        beating = asyncio.create_task(beat(people))
        began = time.perf_counter()
        await asyncio.gather(*map(enter, rest))
        opened = time.perf_counter() - began
        say(f"{name}: {len(people):,} sockets open after {opened:.0f} s")
        delays = await delays_of(people, options.hold)
        weight = (server.memory - empty) / len(rest) / 1024
        stay = sum(1 for person in people if person.tab and not person.tab.ended.done())
        began = time.perf_counter()
        await asyncio.to_thread(server.start_again)
        started = time.perf_counter() - began
        tries = await asyncio.wait_for(
            asyncio.gather(*(come_back(person, server, origin, host) for person in people)), PATIENCE
        )
        back = time.perf_counter() - began
        beating.cancel()
        say(f"{name}: everybody back after {back:.0f} s")
    return {
        "sockets": len(people),
        "kib_each": weight,
        "opened_s": opened,
        "stayed": stay,
        "pong_p99_ms": 1000 * delays[int(0.99 * (len(delays) - 1))],
        "restart_s": started,
        "back_s": back,
        "tries": sum(tries) / len(tries),
    }


def text(figures: Figures) -> str:
    heads = ["server", "sockets", "KiB each", "stayed with heartbeats", "pong p99, ms", "opened in, s"]
    heads += ["all back after kill -9, s (of it restart)", "tries each"]
    rows = [
        [
            name,
            f"{own['sockets']:,}",
            f"{own['kib_each']:.0f}",
            f"{own['stayed']:,}",
            f"{own['pong_p99_ms']:.0f}",
            f"{own['opened_s']:.0f}",
            f"{own['back_s']:.0f} ({own['restart_s']:.0f})",
            f"{own['tries']:.1f}",
        ]
        for name, own in figures["servers"].items()
    ]
    return f"{figures['machine']}\n\n{table(heads, rows)}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--sockets", type=int, default=5000)
    options.add_argument("--hold", type=float, default=25, help="seconds of heartbeats before they are weighed")
    options.add_argument("--servers", default="daphne,uvicorn")
    chosen = options.parse_args()
    allow_many_sockets()
    found: Figures = {}
    with own_place():
        people = everybody(chosen.sockets)
        for name in chosen.servers.split(","):
            found[name] = asyncio.run(measure(name, people, chosen))
    tell({"machine": machine(), "servers": found}, text, as_json=chosen.json)


if __name__ == "__main__":
    main()
