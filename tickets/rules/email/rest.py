"""What a letter holds beyond the limits, as one file: the parts as they came, so that nothing is lost."""

import hashlib
from collections.abc import Iterator
from email.message import Message

NAME = "rest-of-letter.eml"
HEADERS = (("content-disposition", f'attachment; filename="{NAME}"'.encode()),)


def packed(pieces: list[bytes]) -> bytes:
    """The parts as a letter of their own, which any mail program opens."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    boundary = b"rest-%s" % digest.hexdigest().encode()
    head = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="%s"\n\n' % boundary
    return head + b"".join(b"--%s\n%s\n" % (boundary, piece) for piece in pieces) + b"--%s--\n" % boundary


def taken(node: Message) -> bytes:
    """The bytes of a part with all that is in it. They are taken out of it, so that they are held once."""
    return b"".join(_bytes(node))


def _bytes(root: Message) -> Iterator[bytes]:
    stack: list[Message | bytes] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, bytes):
            yield node
            continue
        for name, value in node._headers:  # type: ignore[attr-defined]
            yield b"%s: %s\n" % (_raw(name), _raw(value))
        yield b"\n"
        inside = node._payload  # type: ignore[attr-defined]
        node._payload = None  # type: ignore[attr-defined]
        if isinstance(inside, list):
            stack.extend(reversed(_joined(node, inside)))
        else:
            yield _raw(inside or "")


def _joined(node: Message, children: list[Message]) -> list[Message | bytes]:
    boundary = _raw(node.get_boundary() or "")
    pieces: list[Message | bytes] = [_raw(node.preamble or "")]
    for child in children:
        pieces += [b"--%s\n" % boundary, child, b"\n"]
    return [*pieces, b"--%s--\n" % boundary, _raw(node.epilogue or "")]


def _raw(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
