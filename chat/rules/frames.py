"""Reading what a client sent: every field checked, nothing guessed."""

from typing import Any
from uuid import UUID

import orjson

from chat.rules.pace import FRAME_BYTES, HELLO_BYTES

VERSION = 1
SUBPROTOCOL = "supportdesk.v1"


class BadFrame(ValueError):
    """A frame that cannot be used; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_oversized(text: str, *, greeted: bool) -> bool:
    limit = FRAME_BYTES if greeted else HELLO_BYTES
    return len(text) > limit or (not text.isascii() and len(text.encode(errors="replace")) > limit)


def read_frame(text: str) -> dict[str, Any]:
    """The JSON object of a frame that names its type."""
    try:
        frame = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise BadFrame("malformed") from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise BadFrame("malformed")
    return frame


def uuid_of(frame: dict[str, Any], name: str) -> UUID:
    value = frame.get(name)
    if not isinstance(value, str) or len(value) != 36:
        raise BadFrame("malformed")
    try:
        return UUID(value)
    except ValueError:
        raise BadFrame("malformed") from None


def number_of(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name)
    if type(value) is not int or not 0 <= value < 2**62:
        raise BadFrame("malformed")
    return value


def text_of(frame: dict[str, Any], name: str) -> str:
    value = frame.get(name, "")
    if not isinstance(value, str):
        raise BadFrame("malformed")
    return value


def uuids_of(frame: dict[str, Any], name: str) -> tuple[UUID, ...]:
    values = frame.get(name)
    if values is None:
        return ()
    if not isinstance(values, list):
        raise BadFrame("malformed")
    return tuple(uuid_of({"id": value}, "id") for value in values)


def numbers_of(frame: dict[str, Any], name: str, most: int) -> list[int]:
    values = frame.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or len(values) > most:
        raise BadFrame("malformed")
    return [number_of({name: value}, name) for value in values]


def subscriptions_of(frame: dict[str, Any]) -> list[tuple[UUID, int]]:
    """The (conversation, after) pairs of a ``hello``."""
    wanted = frame.get("subscriptions", [])
    if not isinstance(wanted, list) or not all(isinstance(item, dict) for item in wanted):
        raise BadFrame("malformed")
    return [(uuid_of(item, "conversation"), number_of(item, "after")) for item in wanted]
