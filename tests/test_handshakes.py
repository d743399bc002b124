"""How often one may connect, and what a connection costs the desk that never says hello."""

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from chat.access.pace import forget_handshakes
from chat.rules.pace import network_of
from tests.sockets import Frame, Socket, SocketServer

pytestmark = pytest.mark.django_db(transaction=True)
PROXY = ("HTTP_X_FORWARDED_PROTO", "https")


class Knock:
    """A connection that the desk's proxy passes on from ``address``; ``last`` frames until the close, and its code."""

    def __init__(self, server: SocketServer, *, address: str = "", hello: Frame | None = None) -> None:
        from django.conf import settings

        headers = {"X-Forwarded-For": address} if address else None
        self.raw = connect(
            server.address,
            origin=settings.PUBLIC_URL,
            subprotocols=["supportdesk.v1"],  # type: ignore[list-item]
            additional_headers=headers,
            compression=None,
            legacy=True,
        )
        with contextlib.suppress(ConnectionClosed):  # whoever is refused may be so before they speak
            self.raw.send(json.dumps({"type": "hello", **hello} if hello else {"type": "ping", "n": 1}))

    def answer(self) -> tuple[Frame, int | None]:
        """The first frame, and the code of the close when one follows it."""
        first: Frame = json.loads(self.raw.recv(timeout=8))
        if first["type"] == "welcome":
            return first, None
        try:
            while True:
                self.raw.recv(timeout=8)
        except ConnectionClosed as closed:
            return first, closed.rcvd.code if closed.rcvd else None


@pytest.fixture
def knock(transactional_db: None, socket_server: SocketServer) -> Iterator[Callable[..., Knock]]:
    forget_handshakes()
    opened: list[Knock] = []

    def knock_once(**options: Any) -> Knock:
        opened.append(Knock(socket_server, **options))
        return opened[-1]

    yield knock_once
    for one in opened:
        one.raw.close()
    forget_handshakes()
    socket_server.settle()


@pytest.fixture
def hello_of(ticket_for: Callable[[Any], str]) -> Callable[[Any], Frame]:
    def hello(actor: Any) -> Frame:
        return {"ticket": ticket_for(actor), "client": str(uuid.uuid4()), "subscriptions": []}

    return hello


def test_a_network_that_knocks_in_vain_is_told_when_to_come_again_and_its_people_are_not_kept_out_for_long(
    knock: Callable[..., Knock], settings: Any, anna: Any, hello_of: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = PROXY
    for _ in range(30):
        assert knock(address="203.0.113.7").answer()[1] == 4401
    bye, code = knock(address="198.51.100.1, 203.0.113.7").answer()
    assert (bye["type"], bye["code"], code) == ("bye", "too_fast", 4429) and 0 < bye["retry_after"] <= 2
    assert knock(address="203.0.113.8").answer()[1] == 4401  # a neighbour is not meant
    time.sleep(bye["retry_after"])
    assert knock(address="203.0.113.7", hello=hello_of(anna)).answer()[0]["type"] == "welcome"


def test_a_good_hello_costs_its_network_nothing(
    knock: Callable[..., Knock], settings: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, hello_of: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = PROXY
    office = [person for person in (elena, dmitry, olga, ivan) for _ in range(9)]
    greeted = [knock(address="203.0.113.9", hello=hello_of(person)) for person in office]
    assert {one.answer()[0]["type"] for one in greeted} == {"welcome"}


def test_a_person_who_connects_without_end_is_slowed_down(
    knock: Callable[..., Knock], anna: Any, sergey: Any, hello_of: Any
) -> None:
    for _ in range(10):
        assert knock(hello=hello_of(anna)).answer()[0]["type"] == "welcome"
    bye, code = knock(hello=hello_of(anna)).answer()
    assert (bye["code"], code) == ("too_fast", 4429) and 0 < bye["retry_after"] <= 6
    assert knock(hello=hello_of(sergey)).answer()[0]["type"] == "welcome"


def test_a_benchmark_may_switch_the_limits_off(
    knock: Callable[..., Knock], settings: Any, anna: Any, hello_of: Any
) -> None:
    settings.PACE_UNLIMITED = True
    assert {knock(hello=hello_of(anna)).answer()[0]["type"] for _ in range(12)} == {"welcome"}
    assert {knock().answer()[1] for _ in range(32)} == {4401}


def test_addresses_of_one_network_share_its_limit() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("203.0.113.7") == "203.0.113.7" and network_of(None) == ""


def test_a_desk_with_many_conversations_says_hello_within_the_limit(
    elena: Any, ticket_for: Any, open_socket: Callable[..., Socket]
) -> None:
    """What static/conversation/socket.js does: sixteen in the hello, the others after ``welcome``."""
    wanted = [{"conversation": str(uuid.uuid4()), "after": 2**40} for _ in range(200)]
    socket = open_socket()
    socket.send("hello", ticket=ticket_for(elena), client=str(uuid.uuid4()), subscriptions=wanted[:16])
    socket.wait_for("welcome")
    for one in wanted[16:]:
        socket.send("subscribe", **one)
    dropped = [socket.wait_for("dropped") for _ in wanted]  # they are nobody's, and each is answered
    assert {frame["conversation"] for frame in dropped} == {one["conversation"] for one in wanted}
