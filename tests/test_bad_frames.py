"""Frames grown from the grammar of the protocol: whatever comes, a code answers it and others are served."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from websockets.exceptions import ConnectionClosed

from chat import actions as chat
from chat.rules import frames as reading
from tests.bad_input.frames import ACTIONS, bad_frames
from tests.bad_input.rows import amount
from tests.bad_input.witness import witness
from tests.sockets import Socket

SEED = 20261123
SENT_AWAY = {1003, 1009, 4400, 4401, 4429}  # the codes of docs/protocol.md for those who cannot speak
READERS: tuple[Callable[[Any, str], Any], ...] = (
    reading.uuid_of,
    reading.number_of,
    reading.text_of,
    reading.uuids_of,
    lambda frame, _: reading.subscriptions_of(frame),
)


class Talker:
    """Says what it is given, a ping after every two frames, and comes back when it is sent away."""

    def __init__(self, connect: Callable[[], Socket]) -> None:
        self._connect = connect
        self.socket = connect()
        self.pings = 0
        self.errors: Counter[str] = Counter()
        self.closes: Counter[int | None] = Counter()

    def say(self, texts: Iterator[str]) -> int:
        count = 0
        for count, text in enumerate(texts, 1):
            try:
                self.socket.raw.send(text)
                if count % 2 == 0:
                    self._hear_pong()
            except ConnectionClosed as closed:
                self._come_back(closed)
        return count

    def _hear_pong(self) -> None:
        self.pings += 1
        self.socket.raw.send(f'{{"type":"ping","n":{2**61 + self.pings}}}')
        while True:
            frame = self.socket.receive(20)
            if frame["type"] == "pong" and frame["n"] == 2**61 + self.pings:
                return
            if frame["type"] == "error":
                self.errors[frame["code"]] += 1

    def _come_back(self, closed: ConnectionClosed) -> None:
        self.closes[closed.rcvd.code if closed.rcvd else None] += 1
        self.socket = self._connect()


@pytest.mark.django_db(transaction=True)
def test_no_frame_breaks_a_socket_or_disturbs_another(
    anna: Any, sergey: Any, elena: Any, socket_for: Any, open_socket: Any, settings: Any, say_row: Any
) -> None:
    settings.PACE_UNLIMITED = True  # the frames are tried here, not the limits
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    own = chat.start_conversation(channel="chat", borrower=sergey)
    neighbour, each = socket_for(sergey), amount(1_000, 12_000)
    served, errors, closes, count = [], Counter[str](), Counter[int | None](), 0
    with witness() as seen:
        for action in ACTIONS:
            for actor, share in ((anna, each // 2), (elena, each - each // 2)):
                talker = Talker(lambda actor=actor: socket_for(actor, level(conversation, actor is elena)))  # type: ignore[misc]
                count += talker.say(bad_frames(action, share, f"{SEED}{actor.pk.int % 2}", conversation.pk))
                talker.socket.close()
                errors += talker.errors
                closes += talker.closes
            began = time.monotonic()
            neighbour.posted(own.pk, f"меня слышно после {action}")
            served.append(time.monotonic() - began)
        first = list(bad_frames("hello", amount(300, 3_000), SEED + 1, conversation.pk))
        greetings = Counter(close_code_after(open_socket(), text) for text in first)
    closes += greetings
    told = ", ".join(
        f"{number:,} {code}" for code, number in (errors + Counter(map(str, closes.elements()))).most_common()
    )
    say_row(
        "W-JSON",
        f"frames of {len(ACTIONS)} actions on real sockets, of a borrower and an agent, and as first frame",
        count + len(first),
        "no 1011, no traceback, memory flat, others served",
        f"0 1011; {len(seen.seen)} tracebacks; +{seen.growth:.0f} MiB; another's message stored in "
        f"{max(served) * 1000:.0f} ms at most; answers: {told}",
    )
    assert not seen.seen, seen.seen[:3]
    assert set(closes) <= SENT_AWAY, closes
    assert set(greetings) <= {4401, 1009}
    assert errors["malformed"] and errors["unknown"] and not errors["server_error"]
    assert seen.growth < 64


def level(conversation: Any, is_staff: bool) -> dict[Any, int]:
    """A subscription with nothing to catch up on: some of the frames are good, and what they say adds up."""
    conversation.refresh_from_db()
    return {conversation.pk: conversation.seq if is_staff else conversation.public_seq}


def close_code_after(socket: Socket, text: str) -> int | None:
    """What a first frame that is no hello earns."""
    try:
        socket.raw.send(text)
        while True:
            socket.receive(20)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("noise", [b"\xff\xfe", b'{"type":"ping","n":1}\xc3', b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"])
def test_bytes_that_are_no_text_close_the_connection_and_nothing_else(anna: Any, socket_for: Any, noise: bytes) -> None:
    socket = socket_for(anna)
    with witness() as seen:
        socket.raw.send(noise, text=True)
        assert socket.close_code() == 1007
    assert all("Invalid UTF-8 sequence received" in line for line in seen.seen)  # the server's own note of it


def read_whole(text: str) -> str:
    """Read a frame as the desk does, every field by every reader: ``read``, or the code of its refusal."""
    try:
        frame = reading.read_frame(text)
    except reading.BadFrame as refused:
        return refused.code
    for name in ("subscriptions", *frame):
        for read in READERS:
            try:
                value: Any = read(frame, name)
                assert isinstance(value, UUID | int | str | tuple | list)
            except reading.BadFrame as refused:
                assert refused.code == "malformed"
    return "read"


def test_the_reader_of_frames_knows_two_answers_only(say_row: Any) -> None:
    each, conversation = amount(1_000, 112_000), UUID(int=1)
    with witness() as seen:
        codes = Counter(
            read_whole(text) for action in ACTIONS for text in bad_frames(action, each, SEED + 2, conversation)
        )
    say_row(
        "W-JSON",
        "frames through the decoder, every field by every reader",
        each * len(ACTIONS),
        "a value or `malformed`, no exception; memory flat",
        f"{codes['read']:,} read, {codes['malformed']:,} `malformed`; +{seen.growth:.0f} MiB",
    )
    assert set(codes) == {"read", "malformed"} and seen.growth < 32


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.dictionaries(some.sampled_from(["type", "conversation", "after", "seq", "id", "attachments"]), JSON) | JSON)
def test_any_json_at_all_is_read_or_refused(value: Any) -> None:
    assert read_whole(json.dumps(value)) in {"read", "malformed"}
