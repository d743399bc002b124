"""The world of the model: frames go from queue to queue, and time is what the rules say."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from tests.protocol.machine import World
from tests.protocol.server import Connection, Design, Line, Server
from tests.talker import Client, Reader, Tab

ROUNDS = 60  # of a settling, each with everything the server can do
PROCESSES = {"first tab": 0, "second tab": 1, "agent": 0, "borrower": 1, "supervisor": 0}


class PureSocket:
    """A client's end of a connection of the model."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def send(self, type_: str, **fields: Any) -> None:
        if self.connection.is_cut:
            raise OSError("cut")
        self.connection.incoming.append({"type": type_, **fields})

    def receive(self, timeout: float = 0) -> dict[str, Any]:
        if self.connection.outgoing:
            return self.connection.outgoing.popleft()
        raise OSError("cut") if self.connection.is_cut else TimeoutError

    @property
    def raw(self) -> Any:
        """Where a real socket has its file, which a cut closes first."""
        return SimpleNamespace(socket=SimpleNamespace(shutdown=lambda how: None))

    def close(self) -> None:
        self.connection.is_cut = True
        for queue in (self.connection.outgoing, self.connection.hints):
            queue.clear()
        self.connection.follows = None


class PureWorld(World):
    """``loses_hints`` false: a world where what is published arrives."""

    is_stepped = True

    def __init__(self, design: Design, *, loses_hints: bool = True) -> None:
        self.server = Server(design)
        self.loses_hints = loses_hints
        self.has_no_holes = design.locks
        self.tabs = {who: Tab(self._door(who), None, 0) for who in ("first tab", "second tab", "agent")}
        self.readers = {who: Reader(self._door(who), None, 0) for who in ("borrower", "supervisor")}
        for client in self.everybody.values():
            client.come()

    def log(self) -> Sequence[Line]:
        return sorted(self.server.log)

    def fail(self, times: int) -> None:
        self.server.failures = times

    def store_untold(self, body: str, *, is_public: bool) -> None:
        self.server.store_elsewhere("staff", body, is_public)
        if not self.loses_hints:
            self._hint(self.server.log[-1])

    def tell_old_news(self) -> None:
        for line in self.server.log[-5:]:
            self._hint(line)

    def tell_of_the_future(self, ahead: int) -> None:
        if self.loses_hints:
            self.server.tell_of(ahead)

    def crash(self, process: int) -> None:
        self.server.crash(process)

    def cut(self, client: Client, arriving: int) -> None:
        if client.socket is not None:
            incoming = client.socket.connection.incoming
            while len(incoming) > arriving:
                incoming.pop()
        client.cut()

    def step(self, place: int) -> None:
        steps = self.server.steps()
        if steps:
            steps[place % len(steps)]()

    def limit(self, who: str) -> None:
        socket = self.tabs[who].socket
        if socket is not None and socket.connection.incoming:
            self.server.take(socket.connection, is_limited=True)

    def lose_a_hint(self, who: str) -> None:
        socket = self.everybody[who].socket
        if self.loses_hints and socket is not None and socket.connection.hints:
            socket.connection.hints.popleft()

    def settle(self) -> None:
        self.server.failures = 0
        for _ in range(ROUNDS):
            for client in self.everybody.values():
                client.come()
            self._work()
            self.server.poll()
            self._work()
            if self._is_settled():
                return
            for tab in self.tabs.values():
                tab.repeat_all()
        waiting = {
            who: (len(client.shown), len(getattr(client, "pending", []))) for who, client in self.everybody.items()
        }
        raise AssertionError(
            f"I7: somebody waits for ever; {len(self.server.log)} stored; shown and pending: {waiting}"
        )

    def close(self) -> None:
        """Nothing is open."""

    def _work(self) -> None:
        """Until the server and the clients have nothing left to do."""
        while self.server.work() | sum(client.pump() for client in self.everybody.values()):
            pass

    def _is_settled(self) -> bool:
        heads = {audience: len(self.server.visible(audience)) for audience in ("staff", "public")}
        is_read = all(len(client.shown) >= heads[self.audience(who)] for who, client in self.everybody.items())
        return is_read and not any(tab.pending for tab in self.tabs.values())

    def _hint(self, line: Line) -> None:
        for connection in self.server.connections:
            if connection.follows and connection.follows.is_joined and line.of(connection.audience):
                connection.hints.append(line)

    def _door(self, who: str) -> Callable[..., Any]:
        author = "borrower" if self.audience(who) == "public" else "staff"

        def connect(conversation: Any, after: int) -> PureSocket:
            connection = self.server.connect(PROCESSES[who], author, self.audience(who))
            connection.incoming.append({"type": "subscribe", "after": after})
            return PureSocket(connection)

        return connect
