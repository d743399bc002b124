"""WebSocket frames as nearly all of them are: unfragmented text."""

from struct import pack, unpack_from

WHOLE_TEXT = 0x81  # the last frame of its message, with text, without extensions
MASKED = 0x80
MEDIUM, LONG = 126, 127  # the length stands in the next two, or eight, bytes
KEY = 4  # bytes of a mask


def text_frame(text: str) -> bytes:
    """A server's message; servers do not mask."""
    payload = text.encode()
    length = len(payload)
    if length < MEDIUM:
        return b"\x81" + length.to_bytes(1, "big") + payload
    if length < 65_536:
        return pack("!BBH", WHOLE_TEXT, MEDIUM, length) + payload
    return pack("!BBQ", WHOLE_TEXT, LONG, length) + payload


def texts_in(data: bytes, limit: int) -> tuple[list[str], int]:
    """The whole text messages ``data`` begins with, and where they end.

    Stops at anything else: another kind of frame, a fragment, a message over ``limit`` bytes or not UTF-8, a frame that
    has not come whole. That is for the WebSocket library to judge.
    """
    texts: list[str] = []
    at, end = 0, len(data)
    while end - at >= 2 + KEY and data[at] == WHOLE_TEXT:
        length = data[at + 1] - MASKED
        body = at + 2 + KEY
        if length == MEDIUM and end - at >= 4 + KEY:
            (length,) = unpack_from("!H", data, at + 2)
            body += 2
            if length < MEDIUM:
                break
        elif not 0 <= length < MEDIUM:
            break
        if body + length > end or length > limit:
            break
        try:
            texts.append(_unmasked(data[body : body + length], data[body - KEY : body]).decode())
        except UnicodeDecodeError:
            break
        at = body + length
    return texts, at


def is_begun(data: bytes, limit: int) -> bool:
    """Whether ``data`` is the beginning of one more such message, and no more than a beginning."""
    if data[0] != WHOLE_TEXT:
        return False
    if len(data) < 2:
        return True
    length, header = data[1] - MASKED, 2 + KEY
    if length == MEDIUM:
        if len(data) < 4:
            return True
        (length,) = unpack_from("!H", data, 2)
        header = 4 + KEY
        if length < MEDIUM:
            return False
    elif not 0 <= length < MEDIUM:
        return False
    return length <= limit and len(data) < header + length


def _unmasked(payload: bytes, key: bytes) -> bytes:
    """XOR with the repeated key, as whole numbers: there is no faster way without a native library."""
    length = len(payload)
    keys = (key * (length // KEY + 1))[:length]
    return (int.from_bytes(payload, "little") ^ int.from_bytes(keys, "little")).to_bytes(length, "little")
