"""What travels between the processes of the desk: frames for browsers and orders for the processes themselves."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

import msgpack
import orjson

ORIGIN_LENGTH = 32  # a UUID in hexadecimal


class Kind(IntEnum):
    FRAME = 0  # text that goes to a group's sockets as it is
    CONTROL = 1  # an order to the members of a group themselves
    GROUP_MESSAGE = 2  # Channels' group_send
    CHANNEL_MESSAGE = 3  # Channels' send


@dataclass(frozen=True, slots=True)
class Event:
    """One happening for one group, encoded once for all readers.

    ``seq`` orders the frames of a log: a member that is not right before it must read the log instead.
    ``skip`` names the actor who caused the event and need not be told.
    """

    kind: int
    group: str
    payload: Any
    seq: int | None = None
    skip: str | None = None


class Member(Protocol):
    """Something in this process that belongs to groups."""

    def deliver(self, event: Event) -> None: ...


def frame(group: str, content: dict[str, Any], *, seq: int | None = None, skip: str | None = None) -> Event:
    return Event(Kind.FRAME, group, orjson.dumps(content).decode(), seq, skip)


def control(group: str, order: dict[str, Any]) -> Event:
    return Event(Kind.CONTROL, group, order)


def pack(origin: str, events: list[Event]) -> bytes:
    rows = [(event.kind, event.group, event.payload, event.seq, event.skip) for event in events]
    packed: bytes = msgpack.packb(rows)
    return origin.encode().ljust(ORIGIN_LENGTH) + packed


def unpack(packed: bytes) -> tuple[str, list[Event]]:
    """The sender (empty for one that serves no sockets) and what it says."""
    origin = packed[:ORIGIN_LENGTH].decode().strip()
    return origin, [Event(*row) for row in msgpack.unpackb(packed[ORIGIN_LENGTH:])]


def is_from(origin: str, packed: bytes) -> bool:
    return packed.startswith(origin.encode())
