"""A web process that is told to stop says goodbye first, under either server; what it acknowledged is stored."""

import os
import signal
import socket as sockets
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database

from chat import actions as chat
from chat.models import Entry
from tests.sockets import Socket, free_port

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-v", "0", "-p"],
    "uvicorn": ["-m", "uvicorn", "--log-level", "warning", "--ws", "websockets-sansio", "--port"],
}


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A web process of its own, on the test's database."""
    port = free_port()
    url = os.environ["DATABASE_URL"].replace("/supportdesk?", f"/{database.settings_dict['NAME']}?")
    command = [sys.executable, *COMMANDS[request.param], str(port), "supportdesk.asgi:application"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url})
    deadline = time.monotonic() + 60
    while not _answers(port):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    yield process, port
    process.kill()
    process.wait()


def test_sigterm_closes_the_sockets_in_order_and_loses_nothing_acknowledged(
    web: tuple[subprocess.Popen[bytes], int], anna: Any, ticket_for: Callable[[Any], str]
) -> None:
    process, port = web
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    socket = Socket(f"ws://127.0.0.1:{port}/ws/v1/", settings.PUBLIC_URL)
    socket.send("hello", ticket=ticket_for(anna), client=str(uuid.uuid4()), subscriptions=[])
    socket.wait_for("welcome")
    answers = [socket.posted(conversation.pk, f"строка {number}") for number in range(3)]
    wrong = Socket(f"ws://127.0.0.1:{port}/ws/v1/", settings.PUBLIC_URL)
    wrong.raw.send(b"binary")
    assert wrong.close_code() == 1003  # Daphne's library would refuse to send this code
    with one_that_never_answers(port):
        process.send_signal(signal.SIGTERM)
        assert socket.close_code() == 1012
        until_it_is_not_ready(port)  # so that a proxy sends nobody here while it says goodbye
    assert [frame["code"] for frame in socket.heard if frame["type"] == "bye"] == ["restart"]
    assert process.wait(15) is not None
    stored = Entry.objects.filter(conversation=conversation, kind="message").order_by("seq")
    assert [str(entry.client_id) for entry in stored] == [answer["id"] for answer in answers]


@contextmanager
def one_that_never_answers(port: int) -> Iterator[None]:
    """A client that opens a socket and then says nothing, not even to a close."""
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    lines = ["GET /ws/v1/ HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Origin: {settings.PUBLIC_URL}", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    lines += ["Sec-WebSocket-Protocol: supportdesk.v1", "", ""]
    with sockets.create_connection(("127.0.0.1", port), 5) as wire:
        wire.sendall("\r\n".join(lines).encode())
        assert b"101" in wire.recv(1024)
        yield


def until_it_is_not_ready(port: int) -> None:
    deadline = time.monotonic() + 5
    while _status(port, "/readyz") != 503:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/nothing-here", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
