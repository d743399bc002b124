"""Bad clients: each gets a coded answer or is sent away, and nobody else notices."""

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from chat import actions as chat
from chat.models import Entry
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
SocketFor = Callable[..., Socket]


@pytest.fixture
def conversation(anna: Any, transactional_db: None) -> Any:
    return chat.start_conversation(channel="chat", borrower=anna)


def test_a_malformed_frame_gets_an_error_and_the_connection_goes_on(
    conversation: Any, anna: Any, socket_for: SocketFor
) -> None:
    socket = socket_for(anna)
    socket.raw.send("{not json")
    assert socket.wait_for("error")["code"] == "malformed"
    socket.raw.send('{"type": "launch.missiles"}')
    error = socket.wait_for("error")
    assert error["code"] == "unknown" and error["message"]
    assert socket.posted(conversation.pk, "а я пишу дальше")["duplicate"] is False


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "12",
        '{"type": 5}',
        '{"type": "message.post"}',
        '{"type": "message.post", "id": "1", "conversation": "2", "body": "x"}',
        '{"type": "ping", "n": "x"}',
        '{"type": "ping", "n": -1}',
        '{"type": "ping", "n": 1e999}',
        '{"type": "seen", "conversation": null, "seq": 1}',
        '{"type": "subscribe", "conversation": {"$ne": 1}, "after": 0}',
        '{"type": "typing", "conversation": "\\ud800"}',
        "[" * 5_000,
    ],
)
def test_three_malformed_frames_in_a_row_close_the_connection(anna: Any, socket_for: SocketFor, text: str) -> None:
    socket = socket_for(anna)
    for _ in range(3):
        socket.raw.send(text)
    assert socket.close_code() == 4400


def test_good_frames_between_bad_ones_keep_the_connection(anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    for number in range(6):
        socket.raw.send("nonsense")
        socket.send("ping", n=number)
    assert socket.wait_for("pong", n=5)


def test_an_oversized_frame_closes_with_1009(conversation: Any, anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    socket.post(conversation.pk, "ы" * 20_000)
    assert socket.close_code() == 1009


def test_a_binary_frame_closes_with_1003(anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    socket.raw.send(b"\x00\x01")
    assert socket.close_code() == 1003


def test_a_client_that_speaks_another_protocol_is_told_so(open_socket: Callable[..., Socket]) -> None:
    assert open_socket(subprotocols=[]).close_code() == 4426


def test_a_client_without_a_good_hello_is_closed(
    open_socket: Callable[..., Socket], ticket_for: Any, anna: Any
) -> None:
    silent, wrong, forged, repeated = (open_socket() for _ in range(4))
    wrong.send("ping", n=1)
    assert wrong.close_code() == 4401
    forged.send("hello", ticket="forged", subscriptions=[])
    assert forged.close_code() == 4401
    ticket = ticket_for(anna)
    repeated.send("hello", ticket=ticket, subscriptions=[])
    repeated.wait_for("welcome")
    second = open_socket()
    second.send("hello", ticket=ticket, subscriptions=[])
    assert second.close_code() == 4401
    assert silent.close_code(timeout=9) == 4401


def test_a_long_hello_is_refused_before_anything_is_believed(open_socket: Callable[..., Socket]) -> None:
    socket = open_socket()
    socket.send("hello", ticket="x" * 3_000)
    assert socket.close_code() == 1009


def test_a_flood_is_closed_and_others_are_served(
    conversation: Any, anna: Any, sergey: Any, socket_for: SocketFor
) -> None:
    flooder, neighbour = socket_for(sergey), socket_for(anna)
    ping = json.dumps({"type": "ping", "n": 1})
    try:
        for _ in range(4_000):
            flooder.raw.send(ping)
    except Exception:
        pass  # closed in the middle of it, as it should be
    assert neighbour.posted(conversation.pk, "меня слышно")
    assert flooder.close_code() == 4429


def test_messages_faster_than_a_person_are_refused_with_the_time_to_wait(
    conversation: Any, anna: Any, socket_for: SocketFor
) -> None:
    socket = socket_for(anna)
    refused: list[Any] = []
    for _ in range(12):  # however slow the machine, 96 messages are more than a minute's 60
        ids = [socket.post(conversation.pk, "слово") for _ in range(8)]
        answers = [socket.receive() for _ in ids]
        refused = [answer for answer in answers if answer["type"] == "refused"]
        if refused:
            break
    assert refused[0]["code"] == "too_fast" and refused[0]["retry_after"] > 0
    assert {answer["code"] for answer in refused[1:]} <= {"order"}


def test_the_oldest_socket_gives_way_when_there_are_too_many(anna: Any, socket_for: SocketFor) -> None:
    opened = [socket_for(anna) for _ in range(6)]
    assert opened[0].close_code() == 4409
    opened[-1].send("ping", n=1)
    assert opened[-1].wait_for("pong")


def test_too_many_subscriptions_are_refused(anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    for _ in range(6):
        socket.send("subscribe", conversation=uuid.uuid4(), after=0)
    codes = [frame.get("code") for frame in (socket.receive() for _ in range(6))]
    assert codes.count("too_many") <= 1 and codes.count(4403) >= 5


def test_subscribing_without_end_is_slowed_down(conversation: Any, anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    for _ in range(40):
        socket.send("subscribe", conversation=conversation.pk, after=0)
    assert socket.wait_for("error")["code"] == "too_fast"
    socket.send("ping", n=1)
    assert socket.wait_for("pong")


def test_refused_posts_to_conversations_without_end_are_a_flood(anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    with contextlib.suppress(ConnectionClosed):  # the desk may hang up before the last of them is written
        for _ in range(400):
            socket.post(uuid.uuid4(), "x")
    assert socket.close_code() == 4429


def test_a_connection_that_never_came_takes_nobodys_presence(elena: Any) -> None:
    from types import SimpleNamespace

    from chat.consumers.presence import Presence

    told: list[str] = []

    async def come_and_go() -> None:
        loop = asyncio.get_running_loop()

        def note(work: Any, *_: Any) -> Any:
            told.append(work.__name__)
            return loop.create_future()

        presence: Any = Presence(SimpleNamespace(loop=loop, in_database=note))  # type: ignore[arg-type]
        one, other = (SimpleNamespace(id=uuid.uuid4(), actor=elena.pk, kind="staff") for _ in range(2))
        presence.came(one)
        presence.went(other)
        assert told == ["say_present"]
        presence.went(one)
        presence._renewal.cancel()

    asyncio.run(come_and_go())
    assert told == ["say_present", "say_left"]


def test_noise_on_the_channel_between_processes_does_not_end_the_listening(db: None, settings: Any) -> None:
    import redis.asyncio

    from supportdesk.realtime.events import frame, pack
    from supportdesk.realtime.hub import CHANNEL, Hub

    async def listen() -> list[str]:
        heard: list[str] = []
        came = asyncio.Event()

        class Listener:
            def deliver(self, event: Any) -> None:
                heard.append(event.payload)
                came.set()

        hub, peer = Hub(settings.REDIS_URL), redis.asyncio.Redis.from_url(settings.REDIS_URL)
        hub.join("group", Listener())
        try:
            async with asyncio.timeout(20):
                while not await peer.publish(CHANNEL, b"\xff noise"):
                    await asyncio.sleep(0.05)
                while not came.is_set():
                    await peer.publish(CHANNEL, pack(uuid.uuid4().hex, [frame("group", {"n": 1})]))
                    await asyncio.sleep(0.1)
        finally:
            hub.close()
            await peer.aclose()
        return heard

    assert json.loads(asyncio.run(listen())[0]) == {"n": 1}


def test_a_stranger_reaches_nothing_by_any_frame(
    conversation: Any, anna: Any, sergey: Any, dmitry: Any, socket_for: SocketFor
) -> None:
    conversation.refresh_from_db()
    owner = socket_for(anna, {conversation.pk: conversation.public_seq})
    for stranger in (socket_for(sergey), socket_for(dmitry)):
        stranger.send("subscribe", conversation=conversation.pk, after=0)
        stranger.wait_for("dropped")
        stranger.send("typing", conversation=conversation.pk)
        stranger.send("seen", conversation=conversation.pk, seq=1)
        stranger.send("received", conversation=conversation.pk, seq=1)
        stranger.send("unsubscribe", conversation=conversation.pk)
        for kind in ("message", "note"):
            id_ = stranger.post(conversation.pk, "чужое", kind=kind)
            assert stranger.wait_for("refused", id=id_)["code"] == "forbidden"
        assert stranger.hears_nothing_of("entry.posted")
    assert owner.hears_nothing_of("typing.shown") and owner.hears_nothing_of("seen.moved")
    assert not Entry.objects.filter(conversation=conversation, kind__in=("message", "note")).exists()


def test_a_page_of_another_origin_gets_no_socket(socket_server: Any, transactional_db: None) -> None:
    from websockets.exceptions import InvalidStatus

    with pytest.raises(InvalidStatus):
        Socket(socket_server.address, "https://evil.example")


def test_a_stored_id_of_another_person_is_no_key_to_their_message(
    conversation: Any, anna: Any, sergey: Any, socket_for: SocketFor
) -> None:
    own = chat.start_conversation(channel="chat", borrower=sergey)
    first = socket_for(anna).posted(conversation.pk, "личное")
    answer = socket_for(sergey).posted(own.pk, "личное", id=first["id"])
    assert answer["duplicate"] is False
    assert Entry.objects.filter(client_id=first["id"]).count() == 2


def test_an_idle_but_pinging_client_stays(anna: Any, socket_for: SocketFor) -> None:
    socket = socket_for(anna)
    time.sleep(1.2)  # over a round of the watch
    socket.send("ping", n=7)
    assert socket.wait_for("pong", n=7)["now"].endswith("Z")
