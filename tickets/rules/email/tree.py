"""The tree of a raw letter: parts with raw header values and decoded bytes, within limits. Never raises."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32
from typing import Any

from tickets.rules.email import rest
from tickets.rules.email.transfer import undone

HEADER_BLOCK = 256 * 1024
HEADER_LINE = 64 * 1024
HEADERS = 500
DEPTH = 30
PARTS = 500
PIECE = 1024 * 1024
FULL_SIZE = 35 * 1024 * 1024  # above this only the headers are read

_HEADER = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
_FOLD = re.compile(rb"[\r\n]+[ \t]?")
_SPACED = re.compile(rb"^([!-9;-~]{1,200})[ \t]+:")
_BOUNDARY = re.compile(rb"""boundary\s*=\s*("[^"]{1,200}"|[^;\s]{1,200})""", re.I)
_FIRST_PART = re.compile(rb"(?m)^--([^\s\"]{1,100})[ \t]*\r?\n(?=content-[a-z-]{2,30}:)", re.I)
_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r")


@dataclass(frozen=True, kw_only=True)
class Part:
    """A leaf of the letter: what it says it is, and its bytes after the transfer encoding was undone."""

    headers: tuple[tuple[str, bytes], ...]
    content_type: str
    body: bytes
    parents: tuple[str, ...] = ()

    def header(self, name: str) -> bytes:
        return next((value for key, value in self.headers if key == name), b"")


@dataclass(frozen=True, kw_only=True)
class Tree:
    """A letter's headers (names in lower case, values raw and unfolded) and its leaves in order."""

    headers: tuple[tuple[str, bytes], ...]
    parts: tuple[Part, ...]
    problems: tuple[str, ...] = field(default=())

    def header(self, name: str) -> bytes:
        return next((value for key, value in self.headers if key == name), b"")

    def all(self, name: str) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


class _RawPolicy(Compat32):
    """compat32 that hands header values over as they came."""

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        return value


class _Node(Message):
    """A part whose nested letters stay leaves: a letter inside a letter is an attachment."""

    def get_content_type(self) -> str:
        found = content_type(raw(self._headers, "content-type"))  # type: ignore[attr-defined]
        return found.replace("message/", "x-message/", 1) if found.startswith("message/") else found

    def get_content_maintype(self) -> str:
        return self.get_content_type().split("/")[0]

    def get_boundary(self, failobj: Any = None) -> Any:
        return boundary_of(self._type()).decode("ascii", "surrogateescape") or failobj

    def _type(self) -> bytes:
        return raw(self._headers, "content-type")  # type: ignore[attr-defined]


def raw(headers: list[tuple[str, Any]], name: str) -> bytes:
    """The first value of a header as bytes, unfolded."""
    for key, value in headers:
        if key.lower() == name:
            return unfolded(value)
    return b""


def unfolded(value: Any) -> bytes:
    data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
    data = data[:HEADER_LINE]
    if b"\n" in data or b"\r" in data:
        data = _FOLD.sub(b" ", data)
    return data.replace(b"\0", b"").strip()


def content_type(value: bytes) -> str:
    """``type/subtype`` in lower case; text/plain for anything else, as the standard says."""
    found = re.match(rb"\s*\"?([\w.+-]{1,80}/[\w.+-]{1,100})", value)
    return found[1].decode("ascii", "replace").lower() if found else "text/plain"


def read_tree(letter: bytes) -> Tree:
    """Read a raw letter into its tree; what cannot be read stays a leaf of raw bytes."""
    head, body, problems = _split(letter)
    if len(letter) > FULL_SIZE:
        return Tree(headers=_headers_of(head), parts=(), problems=(*problems, "oversize"))
    try:
        head, guessed = _with_boundary(head, body)
        problems += guessed
        root = _parsed(head, body if _is_multipart(head) else b"")
        parts, more = _leaves(root) if _is_multipart(head) else ((_leaf(root, body, ()),), ())
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        leaf = Part(headers=(), content_type="application/octet-stream", body=letter)
        return Tree(headers=_headers_of(head), parts=(leaf,), problems=(*problems, "tree"))
    return Tree(headers=_headers(root), parts=parts, problems=(*problems, *more))


def _is_multipart(head: bytes) -> bool:
    return content_type(_said(head)).startswith("multipart/")


def _said(head: bytes) -> bytes:
    return next((value for name, value in _headers_of(head) if name == "content-type"), b"")


def _parsed(head: bytes, body: bytes) -> Message:
    """The tree by the interpreter's parser, fed piece by piece: a large letter is not held in memory once more."""
    parser = BytesFeedParser(_Node, policy=_RawPolicy())
    parser.feed(head + b"\n\n")
    for start in range(0, len(body), PIECE):
        parser.feed(body[start : start + PIECE])
    return parser.close()


def _with_boundary(head: bytes, body: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The header block with the boundary the parts are really kept apart by, where it names none or another."""
    kind = _said(head)
    if not content_type(kind).startswith("multipart/"):
        return head, ()
    named = boundary_of(kind)
    if named and b"--" + named in body:
        return head, ()
    found = _FIRST_PART.search(body[:HEADER_BLOCK])
    if not found:
        return head, ()
    right = b'Content-Type: %s; boundary="%s"\n' % (content_type(kind).encode(), found[1])
    return right + head, ("boundary",)


def boundary_of(value: bytes) -> bytes:
    """The boundary a Content-Type names; empty when it names none."""
    found = _BOUNDARY.search(value)
    return found[1].strip(b'"').rstrip() if found else b""


def headers_only(letter: bytes) -> Tree:
    """The headers alone, without looking at the rest."""
    head, _, problems = _split(letter)
    return Tree(headers=_headers_of(head), parts=(), problems=problems)


def _split(letter: bytes) -> tuple[bytes, bytes, tuple[str, ...]]:
    """The header block, repaired, and everything after it."""
    letter = letter.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    found = _BLANK.search(letter, 0, HEADER_BLOCK + 4)
    if found:
        head, body = letter[: found.start()], letter[found.end() :]
    else:
        head, body = letter[:HEADER_BLOCK], letter[HEADER_BLOCK:]
    lines = head.splitlines()
    if lines and lines[0].startswith((b"From ", b">From ")) and not _HEADER.match(lines[0]):
        lines = lines[1:]
    keep, rest, problems = _repaired(lines)
    if rest:
        body = b"\n".join(rest) + b"\n\n" + body
    return b"\n".join(keep), body, problems if found or len(letter) <= HEADER_BLOCK else (*problems, "header_block")


def _repaired(lines: list[bytes]) -> tuple[list[bytes], list[bytes], tuple[str, ...]]:
    """Fold lines that stand among headers without being one; lines after the last header begin the body."""
    last = max((i for i, line in enumerate(lines) if _HEADER.match(line)), default=-1)
    keep: list[bytes] = []
    repaired = False
    for number, line in enumerate(lines):
        if _HEADER.match(line) or line[:1] in (b" ", b"\t") or not line:
            keep.append(_SPACED.sub(rb"\1:", line[:HEADER_LINE]))
        elif number < last:
            keep.append(b" " + line[:HEADER_LINE])
            repaired = True
        else:
            return keep, lines[number:], ("header_end",)
    return keep, [], ("header_folding",) if repaired else ()


def _headers_of(head: bytes) -> tuple[tuple[str, bytes], ...]:
    fields: list[list[bytes]] = []
    for line in head.splitlines():
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1] += b" " + line.strip()
        elif b":" in line:
            fields.append(line.split(b":", 1))
    return tuple((k.strip().decode("ascii", "replace").lower(), v.strip()) for k, v in fields[:HEADERS])


def _headers(node: Message) -> tuple[tuple[str, bytes], ...]:
    fields = node._headers[:HEADERS]  # type: ignore[attr-defined]
    return tuple((name.lower(), unfolded(value)) for name, value in fields)


def _leaves(root: Message) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The leaves within the limits, and one more for all that is beyond them."""
    found: list[Part] = []
    beyond: list[bytes] = []
    problems: dict[str, None] = {}
    for node, parents in _walk(root):
        if isinstance(node._payload, list):  # type: ignore[attr-defined]
            problems["depth"] = None
            beyond.append(rest.taken(node))
        elif len(found) == PARTS:
            problems["parts"] = None
            beyond.append(rest.taken(node))
        else:
            found.append(_leaf(node, payload(node), parents))
            node._payload = None  # type: ignore[attr-defined]  # its bytes are held once
    if beyond:
        found.append(Part(headers=rest.HEADERS, content_type="message/rfc822", body=rest.packed(beyond)))
    return tuple(found), tuple(problems)


def _leaf(node: Message, body: bytes, parents: tuple[str, ...]) -> Part:
    said = raw(node._headers, "content-type")  # type: ignore[attr-defined]
    kind = "message/rfc822" if not said and parents[-1:] == ("multipart/digest",) else content_type(said)
    if kind.startswith("multipart/"):
        kind = "text/plain"  # a multipart without any part is its own text
    encoding = raw(node._headers, "content-transfer-encoding")  # type: ignore[attr-defined]
    is_text = not kind.startswith(("image/", "audio/", "video/", "application/"))
    return Part(
        headers=_headers(node), content_type=kind, body=undone(body, encoding, is_text=is_text), parents=parents
    )


def _walk(root: Message) -> Iterator[tuple[Message, tuple[str, ...]]]:
    stack: list[tuple[Message, tuple[str, ...]]] = [(root, ())]
    while stack:
        node, parents = stack.pop()
        children = node.get_payload() if isinstance(node._payload, list) else None  # type: ignore[attr-defined]
        if not isinstance(children, list) or len(parents) == DEPTH:
            yield node, parents
        else:
            inside = (*parents, f"{node.get_content_type()}")
            stack.extend((child, inside) for child in reversed(children) if isinstance(child, Message))


def payload(node: Message) -> bytes:
    """The bytes of a leaf as they stood in the letter."""
    value = node._payload  # type: ignore[attr-defined]
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else b""
