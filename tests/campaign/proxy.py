"""A TCP proxy between clients and web processes that can be a bad network: cuts, holes, latency, stalled chunks."""

import asyncio
import contextlib
import random
import socket
import struct
from collections import deque
from collections.abc import Sequence

RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST
RETRANSMISSION = 0.2  # seconds until TCP sends a lost segment again, doubled each time it is lost again
LONGEST_PAUSE = 2.0
UP, DOWN = "up", "down"  # from the client, to the client


class Weather:
    """What the network does to chunks just now."""

    def __init__(self) -> None:
        self.holes: set[str] = set()
        self.latency = 0.0
        self.loss = 0.0

    @property
    def is_fair(self) -> bool:
        return not (self.holes or self.latency or self.loss)

    def delay(self) -> float:
        """Seconds one chunk is late: the way, and each of its losses."""
        late, pause = self.latency, RETRANSMISSION
        while pause < LONGEST_PAUSE and random.random() < self.loss:
            late += pause
            pause *= 2
        return late


class Way:
    """One direction of one connection: chunks leave in the order they came, as TCP has it."""

    def __init__(self, proxy: "Proxy", direction: str, target: asyncio.Transport) -> None:
        self.proxy = proxy
        self.direction = direction
        self.target = target
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.timer: asyncio.TimerHandle | None = None

    def take(self, chunk: bytes) -> None:
        if self.proxy.weather.is_fair and not self.waiting:
            self.target.write(chunk)
            return
        due = self.proxy.loop.time() + self.proxy.weather.delay()
        self.waiting.append((due, chunk))
        self.go_on()

    def go_on(self) -> None:
        """Write what is due; nothing leaves into a hole."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.direction in self.proxy.weather.holes:
            return
        while self.waiting:
            due, chunk = self.waiting[0]
            wait = due - self.proxy.loop.time()
            if wait > 0:
                self.timer = self.proxy.loop.call_later(wait, self.go_on)
                return
            self.waiting.popleft()
            if not self.target.is_closing():
                self.target.write(chunk)


class Pipe(asyncio.Protocol):
    """One end of a proxied connection."""

    def __init__(self, proxy: "Proxy", direction: str) -> None:
        self.proxy = proxy
        self.direction = direction
        self.way: Way | None = None
        self.early: list[bytes] = []
        self.transport: asyncio.Transport | None = None
        self.other: Pipe | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.proxy.pipes.add(self)
        if self.direction == UP:
            self.proxy.keep(self.proxy.join(self))

    def data_received(self, data: bytes) -> None:
        self.way.take(data) if self.way else self.early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.proxy.pipes.discard(self)
        if self.other is not None and self.other.transport is not None:
            self.other.reset() if exc else self.other.transport.close()

    def meet(self, other: "Pipe") -> None:
        assert other.transport is not None
        self.other = other
        self.way = Way(self.proxy, self.direction, other.transport)
        for chunk in self.early:
            self.way.take(chunk)

    def reset(self) -> None:
        """End the connection as a router that forgot it does: by RST."""
        if self.transport is not None:
            sock = self.transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.transport.abort()


class Proxy:
    """Listens on one port and spreads connections over the targets that accept them."""

    def __init__(self, targets: Sequence[int]) -> None:
        self.targets = list(targets)
        self.loop = asyncio.get_running_loop()
        self.weather = Weather()
        self.pipes: set[Pipe] = set()
        self.port = 0
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        self._server = await self.loop.create_server(lambda: Pipe(self, UP), "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    def keep(self, work: "asyncio.Task[None]") -> None:
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    def join(self, client: Pipe) -> "asyncio.Task[None]":
        return self.loop.create_task(self._join(client))

    async def _join(self, client: Pipe) -> None:
        """Connect the client to the next target that accepts; to none of them is a refusal."""
        self._turn += 1
        first = self._turn % len(self.targets)  # others may take turns while this one is refused
        for port in self.targets[first:] + self.targets[:first]:
            try:
                _, server = await self.loop.create_connection(lambda: Pipe(self, DOWN), "127.0.0.1", port)
            except OSError:
                continue
            client.meet(server)
            server.meet(client)
            return
        client.reset()

    def cut(self, share: float = 1.0) -> None:
        """Reset a share of all connections."""
        for pipe in list(self.pipes):
            if pipe.direction == UP and random.random() < share:
                if pipe.other is not None:
                    pipe.other.reset()
                pipe.reset()

    def change(self, *, holes: Sequence[str] = (), latency: float = 0.0, loss: float = 0.0) -> None:
        """The weather from now on; without arguments it is fair again and what waited goes out."""
        self.weather.holes, self.weather.latency, self.weather.loss = set(holes), latency, loss
        for pipe in list(self.pipes):
            if pipe.way is not None:
                pipe.way.go_on()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for pipe in list(self.pipes):
            pipe.reset()
