"""A client of the live protocol: repeats in order until acknowledged, resumes where it stood, never skips."""

import contextlib
import socket as sockets
import time
import uuid
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed

from tests.sockets import Frame, Socket

IN_FLIGHT = 8
Connect = Callable[..., Socket]


class Client:
    """A socket that may be cut at any moment; ``connect(conversation, after)`` greets anew."""

    def __init__(self, connect: Connect, conversation: Any) -> None:
        self.conversation = conversation
        self.socket: Socket | None = None
        self.closed_with: list[int | None] = []  # the code of each connection that ended, None where none was given
        self._connect = connect

    def cut(self) -> None:
        """The network goes away: no close frame, nothing that is under way arrives."""
        if self.socket is not None:
            with contextlib.suppress(OSError):
                self.socket.raw.socket.shutdown(sockets.SHUT_RDWR)
            self.socket.close()
            self.socket = None

    def pump(self, timeout: float = 0.01) -> bool:
        """Take one frame, if there is one; a connection that ended is noticed here."""
        if self.socket is None:
            return False
        try:
            self.take(self.socket.receive(timeout))
        except TimeoutError:
            return False
        except (ConnectionClosed, OSError) as end:
            self._ended(end)
            return False
        return True

    def send(self, type_: str, **fields: Any) -> None:
        if self.socket is not None:
            try:
                self.socket.send(type_, **fields)
            except (ConnectionClosed, OSError) as end:
                self._ended(end)

    def take(self, frame: Frame) -> None:
        raise NotImplementedError

    def _ended(self, end: ConnectionClosed | OSError) -> None:
        """The code that came is kept, whether the end was met while reading or while writing."""
        frame = end.rcvd if isinstance(end, ConnectionClosed) else None
        self.closed_with.append(frame.code if frame else None)
        self.cut()


class Talker(Client):
    """The writing side: go-back-N. ``written`` keeps the order, ``acknowledged`` the sequence of each id."""

    def __init__(self, connect: Connect, conversation: Any) -> None:
        Client.__init__(self, connect, conversation)
        self.written: list[str] = []
        self.frames: dict[str, dict[str, str]] = {}
        self.pending: list[str] = []
        self.sent = 0  # of the pending ones, on this connection
        self.acknowledged: dict[str, int] = {}
        self.refused_at = 0.0

    def come(self) -> None:
        if self.socket is None:
            self.socket = self._connect(None, 0)
            self.sent, self.refused_at = 0, 0.0
            self.go_on()

    def cut(self) -> None:
        super().cut()
        self.sent = 0

    def write(self, body: str, kind: str = "message") -> None:
        id_ = str(uuid.uuid4())
        self.frames[id_] = {"body": body, "kind": kind}
        self.written.append(id_)
        self.pending.append(id_)
        self.go_on()

    def go_on(self) -> None:
        """Send what has not been sent, as far as the limit allows."""
        while self.socket is not None and not self.refused_at and self.sent < min(IN_FLIGHT, len(self.pending)):
            self.sent += 1
            self._post(self.pending[self.sent - 1])

    def repeat_all(self) -> None:
        """The one timer of a client: everything unanswered again, in order."""
        self.sent, self.refused_at = 0, 0.0
        self.go_on()

    def repeat(self, id_: str) -> None:
        """Send again what was acknowledged long ago."""
        self._post(id_)

    def take(self, frame: Frame) -> None:
        if frame["type"] == "posted":
            known = self.acknowledged.setdefault(frame["id"], frame["seq"])
            assert known == frame["seq"], "one id was acknowledged with two sequences"
            if frame["id"] in self.pending:
                place = self.pending.index(frame["id"])
                self.pending.remove(frame["id"])
                self.sent -= place < self.sent
                self.go_on()
        elif frame["type"] == "refused" and frame["id"] in self.pending:
            assert frame["code"] in {"database", "order", "overload", "storage", "too_fast"}, frame
            self.refused_at = self.refused_at or time.monotonic() + min(0.1, frame.get("retry_after", 0.05))

    def settle(self, timeout: float) -> None:
        """Connected, and everything acknowledged."""
        deadline = time.monotonic() + timeout
        while self.pending:
            assert time.monotonic() < deadline, f"{len(self.pending)} messages are not acknowledged"
            self.come()
            if not self.pump(0.05) and self.sent:
                self.refused_at = self.refused_at or time.monotonic() + 0.5
            if self.refused_at and time.monotonic() > self.refused_at:
                self.repeat_all()

    def _post(self, id_: str) -> None:
        self.send("message.post", id=id_, conversation=self.conversation, **self.frames[id_])


class Reader(Client):
    """The reading side: ``shown`` is what it was given after ``first``, which must never have a gap or a repetition."""

    def __init__(self, connect: Connect, conversation: Any, first: int) -> None:
        Client.__init__(self, connect, conversation)
        self.first = first
        self.shown: list[tuple[int, str]] = []
        self.has_renewed = False

    @property
    def position(self) -> int:
        return self.first + len(self.shown)

    def come(self) -> None:
        if self.socket is None:
            self.has_renewed = False
            self.socket = self._connect(self.conversation, self.position)

    def subscribe_again(self) -> None:
        """On the living socket; what was under way comes twice then, as it must."""
        self.has_renewed = True
        self.send("subscribe", conversation=self.conversation, after=self.position)

    def take(self, frame: Frame) -> None:
        assert frame["type"] not in {"reset", "dropped"}, frame
        if frame["type"] == "entry.posted":
            if frame["seq"] <= self.position and self.has_renewed:
                self.send("received", conversation=self.conversation, seq=frame["seq"])
                return
            assert frame["seq"] == self.position + 1, f"shown {frame['seq']} after {self.position}"
            self.shown.append((frame["seq"], frame["entry"]["body"]))
            self.send("received", conversation=self.conversation, seq=frame["seq"])

    def settle(self, head: int, timeout: float) -> None:
        """Connected, and level with the log."""
        deadline = time.monotonic() + timeout
        while self.position < head:
            assert time.monotonic() < deadline, f"a reader stands at {self.position} of {head}"
            self.come()
            self.pump(0.05)


class Tab(Talker, Reader):
    """A tab of a browser: writes and reads on one socket. ``story`` is what its page is told."""

    def __init__(self, connect: Connect, conversation: Any, first: int) -> None:
        Talker.__init__(self, connect, conversation)
        Reader.__init__(self, connect, conversation, first)
        self.story: list[Frame] = [{"type": "loaded", "entries": [], "head": first}]

    def come(self) -> None:
        if self.socket is None:
            self.story.append({"type": "connected", "asked": self.position})
            Reader.come(self)
            self.repeat_all()

    def cut(self) -> None:
        if self.socket is not None:
            self.story.append({"type": "disconnected"})
        Talker.cut(self)

    def write(self, body: str, kind: str = "message") -> None:
        Talker.write(self, body, kind)
        message = {"id": self.written[-1], "body": body, "kind": kind, "at": 0}
        self.story.append({"type": "post", "message": message})

    def take(self, frame: Frame) -> None:
        self.story.append(frame)
        Talker.take(self, frame)
        Reader.take(self, frame)
