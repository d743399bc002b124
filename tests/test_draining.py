"""A web process that is told to stop says goodbye first, under either server; what it acknowledged is stored."""

import signal
import socket as sockets
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.db import transaction
from websockets.exceptions import InvalidStatus

from chat import actions as chat
from chat.models import Conversation, Entry
from identity import actions as identity
from tests.webs import Web

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[Web]:
    """A web process of its own, on the test's database."""
    process = Web(request.param)
    process.wait()
    yield process
    process.end()


def test_sigterm_closes_the_sockets_in_order_and_loses_nothing_acknowledged(
    web: Web, anna: Any, ticket_for: Callable[[Any], str]
) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    socket = web.socket()
    socket.send("hello", ticket=ticket_for(anna), client=str(uuid.uuid4()), subscriptions=[])
    socket.wait_for("welcome")
    answers = [socket.posted(conversation.pk, f"строка {number}") for number in range(3)]
    wrong = web.socket()
    wrong.raw.send(b"binary")
    assert wrong.close_code() == 1003  # Daphne's library would refuse to send this code
    with one_that_never_answers(web.port):
        web.process.send_signal(signal.SIGTERM)
        assert socket.close_code() == 1012
        until_it_is_not_ready(web)  # so that a proxy sends nobody here while it says goodbye
    (bye,) = [frame for frame in socket.heard if frame["type"] == "bye"]
    assert (bye["code"], bye["retry_after"]) == ("restart", 0.3)  # few leave, so they may come back nearly at once
    assert web.process.wait(15) is not None
    stored = Entry.objects.filter(conversation=conversation, kind="message").order_by("seq")
    assert [str(entry.client_id) for entry in stored] == [answer["id"] for answer in answers]


def test_a_request_that_was_begun_is_answered_and_new_sockets_are_sent_elsewhere(web: Web, anna: Any) -> None:
    """No socket was ever opened here: the order of leaving does not depend on one."""
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    _, secret = identity.open_borrower_session(borrower=anna)
    client = httpx.Client(headers={"Authorization": f"Bearer {secret}"}, timeout=20)
    address = f"http://127.0.0.1:{web.port}/api/v1/conversations/{conversation.pk}/messages"
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(pk=conversation.pk)
            answer = pool.submit(client.post, address, json={"id": str(uuid.uuid4()), "body": "до остановки"})
            time.sleep(0.5)  # it waits for the lock by now; were it later, it would be answered all the same
            web.process.send_signal(signal.SIGTERM)
            until_it_is_not_ready(web)
            with pytest.raises(InvalidStatus) as refused:
                web.socket()
            assert refused.value.response.status_code == 503
        assert answer.result().status_code == 201
    assert web.process.wait(15) is not None
    assert Entry.objects.filter(conversation=conversation, body="до остановки").count() == 1


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


def until_it_is_not_ready(web: Web) -> None:
    deadline = time.monotonic() + 5
    while web.status("/readyz") != 503:
        assert time.monotonic() < deadline
        time.sleep(0.02)
