"""A real server for the live socket, in a thread of the test process, and clients that speak the protocol."""

import asyncio
import json
import os
import socket as sockets
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

Frame = dict[str, Any]
PATIENCE = 8.0  # seconds; what is expected comes in milliseconds, on a quiet machine


class Socket:
    """A client of the live protocol. Frames that were not asked for are kept in ``heard``."""

    def __init__(self, address: str, origin: str, *, subprotocols: list[str] | None = None) -> None:
        wanted = ["supportdesk.v1"] if subprotocols is None else subprotocols
        self.raw = connect(
            address, origin=origin, subprotocols=wanted or None, max_size=None, compression=None, legacy=True
        )
        self.heard: list[Frame] = []
        self.welcome: Frame = {}

    def send(self, type_: str, **fields: Any) -> None:
        self.raw.send(json.dumps({"type": type_, **fields}, default=str))

    def receive(self, timeout: float = PATIENCE) -> Frame:
        frame: Frame = json.loads(self.raw.recv(timeout=timeout))
        return frame

    def wait_for(self, type_: str, timeout: float = PATIENCE, **fields: Any) -> Frame:
        """The first frame of the type with these fields, heard already or still to come."""
        wanted = {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in fields.items()}

        def fits(frame: Frame) -> bool:
            return frame["type"] == type_ and all(frame.get(name) == value for name, value in wanted.items())

        for index, frame in enumerate(self.heard):
            if fits(frame):
                return self.heard.pop(index)
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.01, deadline - time.monotonic()))
            if fits(frame):
                return frame
            self.heard.append(frame)

    def hears_nothing_of(self, type_: str, within: float = 0.4) -> bool:
        """Whether no such frame comes; a ``ping`` goes round first, so that what was sent before has arrived."""
        self.send("ping", n=4242)
        self.wait_for("pong", n=4242)
        deadline = time.monotonic() + within
        while (left := deadline - time.monotonic()) > 0:
            try:
                self.heard.append(self.receive(left))
            except TimeoutError:
                break
        return not any(frame["type"] == type_ for frame in self.heard)

    def entries(self, count: int, timeout: float = PATIENCE) -> list[Frame]:
        """The next ``count`` entries, in the order they came, with credit given back."""
        found = []
        for _ in range(count):
            frame = self.wait_for("entry.posted", timeout)
            self.send("received", conversation=frame["conversation"], seq=frame["seq"])
            found.append(frame)
        return found

    def post(self, conversation: Any, body: str, **fields: Any) -> str:
        """Send a message without waiting; returns its id."""
        id_ = str(fields.pop("id", uuid.uuid4()))
        self.send("message.post", id=id_, conversation=conversation, body=body, **fields)
        return id_

    def posted(self, conversation: Any, body: str, **fields: Any) -> Frame:
        """Send a message and wait until it is stored."""
        return self.wait_for("posted", id=self.post(conversation, body, **fields))

    def close_code(self, timeout: float = PATIENCE) -> int | None:
        """Read on until the server closes; the code it gave."""
        deadline = time.monotonic() + timeout
        try:
            while True:
                self.heard.append(self.receive(max(0.01, deadline - time.monotonic())))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    def close(self) -> None:
        self.raw.close()


class SocketServer:
    """The desk's own application, on a port of its own: under uvicorn, or under Daphne with SD_TEST_SERVER=daphne."""

    def __init__(self) -> None:
        self.listening = sockets.socket()
        self.listening.bind(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.address = f"ws://127.0.0.1:{self.port}/ws/v1/"
        run = self._run_daphne if os.environ.get("SD_TEST_SERVER") == "daphne" else self._run
        self._thread = threading.Thread(target=run, name="test-sockets", daemon=True)
        self._stop: Callable[[], Any] | None = None

    def start(self) -> None:
        self._thread.start()
        deadline = time.monotonic() + 90
        while self._stop is None or not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("the socket server did not start")
            time.sleep(0.01)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _run(self) -> None:
        import uvicorn

        from supportdesk.asgi import application

        config = uvicorn.Config(application, log_level="warning", lifespan="off", ws_max_size=1 << 20)
        server = uvicorn.Server(config)
        self._stop = lambda: setattr(server, "should_exit", True)
        server.run(sockets=[self.listening])

    def _run_daphne(self) -> None:
        from daphne import cli, server  # before the application, which cures what it finds

        from supportdesk.asgi import application

        self.listening.listen()
        own: Any = cli.CommandLineInterface.server_class(
            application,
            endpoints=[f"fd:fileno={self.listening.fileno()}"],
            signal_handlers=False,
            verbosity=0,
            websocket_timeout=-1,
        )
        self._stop = lambda: server.reactor.callFromThread(own.stop)
        own.run()

    def settle(self) -> None:
        """Wait until nobody is connected and nothing is under way, so that the database may be emptied."""
        from chat.consumers import desk

        deadline = time.monotonic() + PATIENCE
        while desk._desk is not None and not desk._desk.is_quiet and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        from chat.consumers import desk

        assert self._stop is not None
        self._stop()
        self._thread.join(10)
        if desk._desk is not None:
            desk._desk.close_connections()
        asyncio.set_event_loop(None)


@pytest.fixture(scope="session")
def socket_server(django_db_setup: None) -> Iterator[SocketServer]:
    server = SocketServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def ticket_for(as_staff: Any) -> Callable[[Any], str]:
    """``ticket_for(anna)`` is a pass to one socket, from a new session of that person."""
    from identity import actions as identity
    from identity.models import Borrower, StaffSession

    def issue(actor: Any) -> str:
        if isinstance(actor, Borrower):
            session, _ = identity.open_borrower_session(borrower=actor)
            return identity.issue_socket_ticket(session=session)
        as_staff(actor)
        newest = StaffSession.objects.filter(user=actor).latest("created_at")
        return identity.issue_socket_ticket(session=newest)

    return issue


@pytest.fixture
def open_socket(transactional_db: None, socket_server: SocketServer) -> Iterator[Callable[..., Socket]]:
    """``open_socket()`` is a connection that has not said hello yet."""
    from django.conf import settings

    from chat.access.pace import forget_handshakes

    opened: list[Socket] = []

    def open_one(**options: Any) -> Socket:
        forget_handshakes()  # a suite connects faster than people do
        socket = Socket(socket_server.address, settings.PUBLIC_URL, **options)
        opened.append(socket)
        return socket

    yield open_one
    for socket in opened:
        socket.close()
    socket_server.settle()


@pytest.fixture
def socket_for(open_socket: Callable[..., Socket], ticket_for: Callable[[Any], str]) -> Callable[..., Socket]:
    """``socket_for(anna, {conversation.pk: 0})`` is a greeted connection with its subscriptions level."""

    def greeted(actor: Any, subscriptions: dict[Any, int] | None = None, *, wait: bool = True) -> Socket:
        socket = open_socket()
        wanted = [{"conversation": str(key), "after": after} for key, after in (subscriptions or {}).items()]
        socket.send("hello", ticket=ticket_for(actor), client=str(uuid.uuid4()), subscriptions=wanted)
        socket.welcome = socket.wait_for("welcome")
        for item in wanted if wait else []:
            socket.wait_for("synced", conversation=item["conversation"])
        return socket

    return greeted
