"""Two web nodes behind a real nginx: they are restarted one after the other and killed, and nobody loses a word."""

import gzip
import http.client
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import close_old_connections
from websockets.exceptions import ConnectionClosed

from chat import actions as chat
from chat.models import Entry
from supportdesk.processes import free_port
from tests.nginx import NGINX, WHY_NOT, Nginx
from tests.sockets import Socket
from tests.talker import Client, Reader, Talker
from tests.webs import PATIENCE, Web, door

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(NGINX is None, reason=WHY_NOT),
]
SERVERS = ("daphne", "uvicorn")


class Nodes:
    """A web process under each server, and nginx before both."""

    def __init__(self, home: Path) -> None:
        self.webs = [Web(server, BEHIND_PROXY="yes") for server in SERVERS]
        self.door = Nginx(home, [web.port for web in self.webs])

    def start(self) -> None:
        self.door.start()
        for web in self.webs:
            web.wait()

    def socket(self) -> Socket:
        return Socket(f"ws://127.0.0.1:{self.door.port}/ws/v1/", settings.PUBLIC_URL)

    def leave(self, number: int) -> None:
        """A node is told to stop, and has gone."""
        self.webs[number].process.send_signal(signal.SIGTERM)
        assert self.webs[number].process.wait(PATIENCE) is not None

    def start_again(self, number: int) -> None:
        self.webs[number].end()
        self.webs[number] = Web(SERVERS[number], self.webs[number].port, BEHIND_PROXY="yes")
        self.webs[number].wait()

    def end(self) -> None:
        for web in self.webs:
            web.end()
        self.door.stop()


@pytest.fixture
def nodes(transactional_db: None, tmp_path: Path) -> Iterator[Nodes]:
    both = Nodes(tmp_path / "nginx")
    try:
        both.start()
        yield both
    finally:
        both.end()


class Talk:
    """Two people who write and four tabs that read, in one thread; whoever is cut off comes back by the protocol."""

    def __init__(self, nodes: Nodes, conversation: Any, people: dict[Any, int]) -> None:
        doors = {actor: door(actor, nodes.socket) for actor in people}
        self.talkers = [Talker(each, conversation.pk) for each in doors.values()]
        heads = [(doors[actor], head) for actor, head in people.items() for _ in range(2)]
        self.readers = [Reader(each, conversation.pk, head) for each, head in heads]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)
        self.failure: BaseException | None = None

    @property
    def clients(self) -> list[Client]:
        return [*self.talkers, *self.readers]

    @property
    def codes(self) -> list[list[int | None]]:
        """How the connections of each client ended so far."""
        return [list(client.closed_with) for client in self.clients]

    @property
    def is_whole(self) -> bool:
        """Whether everybody is connected."""
        assert self.failure is None, self.failure
        return all(client.socket for client in self.clients)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def _go_on(self) -> None:
        try:
            number = 0
            while not self._over.is_set():
                number += 1
                for talker in self.talkers:
                    talker.write(f"строка {number}")
                pause = time.monotonic() + 1.1  # a borrower may write 60 messages a minute
                while time.monotonic() < pause:
                    for client in self.clients:
                        come(client)
                        client.pump(0.002)
        except BaseException as failure:
            self.failure = failure
        finally:
            close_old_connections()


def come(client: Client) -> None:
    """Connect again whoever is cut off, and repeat what was refused; a goodbye may come before the welcome."""
    try:
        client.come()
    except (ConnectionClosed, TimeoutError) as end:
        frame = end.rcvd if isinstance(end, ConnectionClosed) else None
        client.closed_with.append(frame.code if frame else None)
    if isinstance(client, Talker) and 0 < client.refused_at < time.monotonic():
        client.repeat_all()


def test_a_chat_goes_on_while_the_nodes_are_restarted_in_turn_and_one_is_killed(
    nodes: Nodes, anna: Any, elena: Any
) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    conversation.refresh_from_db()
    talk = Talk(nodes, conversation, {anna: conversation.public_seq, elena: conversation.seq})
    talk.begin()
    try:
        for number in range(len(nodes.webs)):
            until(lambda: talk.is_whole)
            nodes.leave(number)
            until(lambda: talk.is_whole)
            nodes.start_again(number)
        for codes in talk.codes:
            assert codes and set(codes) == {1012}, f"everybody is told, and nobody is cut off: {talk.codes}"
        nodes.webs[0].end()
        until(lambda: talk.is_whole)
        time.sleep(1)  # of talk through the node that is left
    finally:
        talk.end()
    nothing_is_missing(conversation, talk)


def nothing_is_missing(conversation: Any, talk: Talk) -> None:
    """What was written stands in the log once and in order, and every reader was shown the log."""
    for talker in talk.talkers:
        talker.settle(PATIENCE)
    log = list(Entry.objects.filter(conversation=conversation).order_by("seq"))
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    for talker in talk.talkers:
        stored = [str(entry.client_id) for entry in log if str(entry.client_id) in talker.frames]
        assert stored == talker.written, "each once, in the order in which they were written"
    public = [entry for entry in log if entry.public_seq is not None]
    for reader, number in zip(talk.readers, ("public_seq",) * 2 + ("seq",) * 2, strict=True):
        seen = public if number == "public_seq" else log
        reader.settle(len(seen), PATIENCE)
        assert reader.shown == [(getattr(entry, number), entry.body) for entry in seen[reader.first :]]
    for client in talk.clients:
        client.cut()


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# What nginx itself does, before a web process that repeats what it is sent


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[Nginx, list[Any]]]:
    """nginx before one server that answers with the headers it got; the paths it was asked for."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    static = tmp_path / "static"
    (static / "0dd").mkdir(parents=True)
    (static / "0dd" / "page.js").write_text("export {};")
    (static / "0dd" / "page.js.gz").write_bytes(gzip.compress(b"export {};"))
    nginx = Nginx(tmp_path / "nginx", [server.server_port], static)
    nginx.start()
    yield nginx, asked
    nginx.stop()
    server.shutdown()


def test_what_a_client_says_of_its_own_address_is_dropped(mirror: tuple[Nginx, list[Any]]) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Request-ID": "mine", "X-Forwarded-Proto": "https"}
    forged |= {"X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Forwarded-Host": "evil.example"}
    heard = httpx.get(f"{mirror[0].url}/", headers=forged).json()
    names = [name for name, _ in heard]
    facts = dict(heard)
    assert (facts["x-forwarded-for"], facts["x-forwarded-proto"]) == ("127.0.0.1", "http")
    assert len(facts["x-request-id"]) == 32
    assert facts["host"] == f"127.0.0.1:{mirror[0].port}"
    assert not {"x-real-ip", "forwarded", "x-forwarded-host", "upgrade"} & set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/metrics/x"])
def test_probes_and_figures_are_not_for_the_outside(mirror: tuple[Nginx, list[Any]], path: str) -> None:
    assert httpx.get(f"{mirror[0].url}{path}").status_code == 404
    assert mirror[1] == []


def test_a_body_that_is_too_large_is_refused_before_the_desk_hears_of_it(mirror: tuple[Nginx, list[Any]]) -> None:
    wire = http.client.HTTPConnection("127.0.0.1", mirror[0].port, timeout=5)
    wire.putrequest("POST", "/api/v1/conversations/x/attachments")
    wire.putheader("Content-Length", str(12 * 1024 * 1024 + 1))
    wire.endheaders()
    assert wire.getresponse().status == 413
    assert mirror[1] == []


def test_files_of_the_release_before_are_still_served(mirror: tuple[Nginx, list[Any]]) -> None:
    answer = httpx.get(f"{mirror[0].url}/static/0dd/page.js", headers={"Accept-Encoding": "gzip"})
    assert (answer.text, answer.headers["content-encoding"]) == ("export {};", "gzip")
    assert "immutable" in answer.headers["cache-control"]
    assert mirror[1] == []
    assert httpx.get(f"{mirror[0].url}/static/0f/page.js").status_code == 200
    assert mirror[1] == ["/static/0f/page.js"], "what is not on this disk, a web process may have"
    assert httpx.get(f"{mirror[0].url}/static/../nginx/desk.conf").url.path != "/nginx/desk.conf" or mirror[1][1:]


def test_two_origins_open_no_socket(nodes: Nodes) -> None:
    """The right one first and the right one last: neither counts."""
    for origins in ([settings.PUBLIC_URL, "https://evil.example"], ["https://evil.example", settings.PUBLIC_URL]):
        for port in (nodes.door.port, *(web.port for web in nodes.webs)):
            assert handshake(port, origins) in {400, 403}
    assert handshake(nodes.door.port, [settings.PUBLIC_URL]) == 101


def handshake(port: int, origins: list[str]) -> int:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    wire.putrequest("GET", "/ws/v1/")
    for name, value in {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}.items():
        wire.putheader(name, value)
    wire.putheader("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    for origin in origins:
        wire.putheader("Origin", origin)
    wire.endheaders()
    status = wire.getresponse().status
    wire.close()
    return status
