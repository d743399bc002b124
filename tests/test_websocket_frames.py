"""The level below the protocol of the desk: frames that RFC 6455 allows and forbids, by hand, under both servers."""

import os
import socket as sockets
import struct
from collections.abc import Iterator

import pytest
from django.conf import settings

from tests.webs import Web

TEXT, MORE, CLOSE, PING, PONG = 0x1, 0x0, 0x8, 0x9, 0xA
FINAL = 0x80
HELLO = '{"type":"hello","ticket":"привет","client":"","subscriptions":[]}'.encode()  # understood, and refused: 4401


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def web(request: pytest.FixtureRequest, django_db_setup: None) -> Iterator[Web]:
    process = Web(request.param)
    process.wait()
    yield process
    process.end()


def frame(opcode: int, payload: bytes = b"", *, first: int = FINAL, masked: bool = True) -> bytes:
    """One frame of a client, as wrong as it is asked to be."""
    length = len(payload)
    size = bytes([length]) if length < 126 else b"\x7e" + struct.pack("!H", length)
    if not masked:
        return bytes([first | opcode]) + size + payload
    key = os.urandom(4)
    covered = bytes(byte ^ key[place % 4] for place, byte in enumerate(payload))
    return bytes([first | opcode, size[0] | 0x80]) + size[1:] + key + covered


class Wire:
    """A raw connection after its handshake."""

    def __init__(self, port: int) -> None:
        self.raw = sockets.create_connection(("127.0.0.1", port), 20)
        lines = ["GET /ws/v1/ HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        lines += [f"Origin: {settings.PUBLIC_URL}", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        lines += ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Protocol: supportdesk.v1", "", ""]
        self.raw.sendall("\r\n".join(lines).encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.buffer += self.raw.recv(4096)
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        assert b" 101 " in head

    def take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            more = self.raw.recv(4096)
            if not more:
                raise ConnectionError
            self.buffer += more
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def next(self) -> tuple[int, bytes]:
        first, size = self.take(2)
        length = size & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", self.take(2))
        return first & 0x0F, self.take(length)

    def code(self) -> int | None:
        """What the server closes with; None when it only hangs up."""
        try:
            while True:
                opcode, payload = self.next()
                if opcode == CLOSE:
                    return struct.unpack("!H", payload[:2])[0] if payload else 1005
        except (ConnectionError, OSError):
            return None
        finally:
            self.raw.close()


FORBIDDEN = {
    "a reserved bit": (frame(TEXT, HELLO, first=FINAL | 0x40), {1002, None}),
    "an unknown opcode": (frame(0x3, b"x"), {1002, None}),
    "an unknown control opcode": (frame(0xB), {1002, None}),
    "a ping in pieces": (frame(PING, b"x", first=0), {1002, None}),
    "a long ping": (frame(PING, b"x" * 126), {1002, None}),
    "a frame without a mask": (frame(TEXT, HELLO, masked=False), {1002, None}),
    "a continuation of nothing": (frame(MORE, b"x"), {1002, None}),
    "a text inside a text": (frame(TEXT, b"{", first=0) + frame(TEXT, HELLO), {1002, None}),
    "text that is not UTF-8": (frame(TEXT, b"\xff\xfe"), {1007, None}),
    "a character cut for ever": (frame(TEXT, b"\xd0", first=0) + frame(MORE, b"x"), {1007, None}),
    "a close of one byte": (frame(CLOSE, b"x"), {1002, None}),
    "a close with a code nobody may send": (frame(CLOSE, struct.pack("!H", 1005)), {1002, None}),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_forbidden_frame_ends_the_connection(web: Web, name: str) -> None:
    sent, codes = FORBIDDEN[name]
    wire = Wire(web.port)
    wire.raw.sendall(sent)
    assert wire.code() in codes


def test_a_message_in_pieces_with_a_ping_between_and_a_character_cut_in_two_is_understood(web: Web) -> None:
    wire = Wire(web.port)
    cut = HELLO.index("п".encode()) + 1
    wire.raw.sendall(frame(PONG, b"unasked") + frame(TEXT, HELLO[:cut], first=0))
    wire.raw.sendall(frame(PING, b"between"))
    assert wire.next() == (PONG, b"between")
    wire.raw.sendall(frame(MORE, HELLO[cut:]))
    assert wire.code() == 4401, "it was read as a hello with a wrong ticket"


def test_a_close_is_answered_with_its_own_code(web: Web) -> None:
    wire = Wire(web.port)
    wire.raw.sendall(frame(CLOSE, struct.pack("!H", 1000) + "пока".encode()))
    assert wire.code() == 1000


def test_a_flood_of_pings_is_answered_and_others_are_served(web: Web) -> None:
    wire = Wire(web.port)
    wire.raw.sendall(frame(PING, b"x") * 2000)
    assert [wire.next() for _ in range(2000)] == [(PONG, b"x")] * 2000
    assert web.status("/livez") == 200
    wire.raw.close()
