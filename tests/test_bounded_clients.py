"""Clients that do not read, flood, or send too much, under either server: they cost little, and others are served."""

import resource
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from django.db import transaction
from websockets.sync.client import connect

from bench.place import memory
from chat import actions as chat
from chat.rules.entries import Post, Writer
from identity.models import SocketTicket
from tests.sockets import Socket
from tests.webs import Web

pytestmark = pytest.mark.django_db(transaction=True)
MOST_GROWTH = 50 * 1024 * 1024
PAGES = 300  # of 256 KiB
PIECE = 30_000
PIECES = 4_000  # 120 MB
FEW_FILES = 512


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> Iterator[Web]:
    """One web process for the module, without the limits that would end these clients sooner."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, most[1]))  # what it is started with
    with django_db_blocker.unblock():
        process = Web(request.param, DJANGO_SETTINGS_MODULE="bench.settings")
    resource.setrlimit(resource.RLIMIT_NOFILE, most)
    process.wait()
    yield process
    process.end()
    with django_db_blocker.unblock():
        database.close()


@pytest.fixture
def neighbour(web: Web, sergey: Any, transactional_db: None) -> Iterator[Callable[[], None]]:
    """Somebody else, who must be served as ever."""
    conversation = chat.start_conversation(channel="chat", borrower=sergey)
    socket = web.door(sergey)(conversation.pk, conversation.public_seq)

    def is_served() -> None:
        assert socket.posted(conversation.pk, "меня слышно")["duplicate"] is False
        assert socket.entries(1)

    yield is_served
    socket.close()


def until_all_left(web: Web, *sockets: Socket) -> None:
    for socket in sockets:
        socket.raw.socket.close()


def test_a_web_process_takes_more_sockets_than_a_process_is_given_at_first(web: Web) -> None:
    allowed, _ = resource.prlimit(web.process.pid, resource.RLIMIT_NOFILE)
    assert allowed > FEW_FILES


def test_a_client_that_never_reads_costs_little(web: Web, neighbour: Callable[[], None], anna: Any) -> None:
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    writer = Writer("borrower", anna.pk)
    chat.post_messages(
        [Post(conversation=conversation.pk, writer=writer, body="ы" * 4_000, client_id=uuid.uuid4()) for _ in range(40)]
    )
    socket = web.door(anna)()
    before = memory(web.process.pid)
    try:
        for _ in range(PAGES):  # websockets' client reads sixteen frames ahead, then no more
            socket.send("subscribe", conversation=conversation.pk, after=0)
            time.sleep(0.005)
    except Exception:
        pass  # it may be sent away
    neighbour()
    assert memory(web.process.pid) - before < MOST_GROWTH
    until_all_left(web, socket)


def test_a_client_that_floods_waits_while_the_desk_is_busy(
    web: Web, neighbour: Callable[[], None], anna: Any, ticket_for: Callable[[Any], str]
) -> None:
    socket, ticket, sent = web.socket(), ticket_for(anna), [0]
    before = memory(web.process.pid)
    piece = '{"type":"ping","n":1,"x":"' + "x" * PIECE + '"}'

    def flood() -> None:
        try:
            for number in range(PIECES):
                socket.raw.send(piece)
                sent[0] = number
        except Exception:
            pass  # sent away, or cut off below

    with transaction.atomic():
        list(SocketTicket.objects.select_for_update())  # its hello cannot be answered meanwhile
        socket.send("hello", ticket=ticket, client=str(uuid.uuid4()), subscriptions=[])
        flooding = threading.Thread(target=flood, daemon=True)
        flooding.start()
        so_far, still_until = -1, time.monotonic() + 1
        while flooding.is_alive() and time.monotonic() < still_until:
            if sent[0] != so_far:
                so_far, still_until = sent[0], time.monotonic() + 1
            time.sleep(0.05)
        grown = memory(web.process.pid) - before
    neighbour()
    assert grown < MOST_GROWTH
    assert sent[0] < PIECES - 1
    until_all_left(web, socket)
    flooding.join(10)


@pytest.mark.parametrize("size", [40_000, 70_000, 300_000])
def test_a_message_over_the_limit_is_answered_with_1009(web: Web, anna: Any, size: int) -> None:
    socket = web.door(anna)()
    socket.raw.send("x" * size)
    assert socket.close_code() == 1009


def test_nothing_is_compressed_whatever_the_client_offers(web: Web) -> None:
    address = f"ws://127.0.0.1:{web.port}/ws/v1/"
    with connect(address, origin=settings.PUBLIC_URL, subprotocols=["supportdesk.v1"], compression="deflate") as raw:
        assert raw.response is not None
        assert "Sec-WebSocket-Extensions" not in raw.response.headers
