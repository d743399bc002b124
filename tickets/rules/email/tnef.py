"""What Outlook wraps into one winmail.dat, and what old programs write as uuencode into a text. Never raises."""

import logging
import re
import struct
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from tickets.rules.email.charset import decode
from tickets.rules.email.headers import parameters
from tickets.rules.email.rtf import text_of_packed
from tickets.rules.email.transfer import uudecoded
from tickets.rules.email.tree import Part

SIZE = 35 * 1024 * 1024
OBJECTS = 2000
FILES = 500

_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEAD = struct.Struct("<BHHL")
_BODY, _ATTRIBUTES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_WANTED = {_BODY, _ATTRIBUTES, _CODEPAGE, 0x800F, 0x8010, 0x9001, 0x9002, 0x9005}  # and those of files
_WRAPPED = re.compile(
    rb"(?m)^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n((?:[!-`][ -`]{0,90}\r?\n){1,200000}`?[ ]?\r?\n?)end\r?$"
)


def unpacked(parts: Iterable[Part]) -> tuple[list[Part], tuple[str, ...]]:
    """The leaves with what is wrapped in them instead of the wrapping, one level deep, and what went wrong."""
    found = list(parts)
    has_text = any(part.body.strip() for part in found if part.content_type in {"text/plain", "text/html"})
    out: list[Part] = []
    problems: tuple[str, ...] = ()
    for part in found:
        if part.body.startswith(_SIGNATURE) and part.content_type != "text/plain":
            inside = _inside(part, with_text=not has_text) or [part]
            problems = ("tnef",) if any(each is part for each in inside) else problems
            out += inside
        elif part.content_type == "text/plain" and b"begin " in part.body:
            out += _unwrapped(part)
        else:
            out.append(part)
    return out, problems


def _inside(part: Part, *, with_text: bool) -> list[Part]:
    """Text and files of one winmail.dat, itself among them when its text cannot be read; none when nothing can."""
    try:
        return list(_read(part, with_text=with_text))
    except Exception:  # the library may raise anything on bytes like these
        return []


def _read(part: Part, *, with_text: bool) -> Iterator[Part]:
    from tnefparse import TNEF  # with its tables, and only for the letters that have one

    logging.getLogger("tnef-decode").setLevel(logging.CRITICAL)
    logging.getLogger("tnefparse").setLevel(logging.CRITICAL)
    opened = TNEF(_lean(part.body[:SIZE]), do_checksum=False)
    if with_text:
        yield from _text(part, opened)
    for file in opened.attachments[:FILES]:
        yield _file(part, _name(file.long_filename, file._name, opened.codepage or ""), bytes(file.data or b""))


def _text(part: Part, opened: Any) -> Iterator[Part]:
    """What was written, as a page, as text, or else as RTF; the winmail.dat itself where that cannot be read."""
    for kind, text in (("text/html", opened.htmlbody), ("text/plain", opened.body)):
        if text and text.strip("\0 \r\n" if isinstance(text, str) else b"\0 \r\n"):
            charset = "utf-8" if isinstance(text, str) else opened.codepage or ""
            body = text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text).rstrip(b"\0")
            yield _written(part, kind, body, charset)
            return
    if opened._rtfbody:
        try:
            yield _written(part, "text/plain", text_of_packed(bytes(opened._rtfbody)).encode(), "utf-8")
        except ValueError:
            yield part


def _written(part: Part, kind: str, body: bytes, charset: str) -> Part:
    return _part(part, kind, body, (("content-type", f"{kind}; charset={charset}".encode()),))


def _lean(data: bytes) -> bytes:
    """The objects that are needed, found by one look from start to end: the library copies the rest at each of them."""
    out = [data[:6]]
    position = 6
    while position + _HEAD.size <= len(data) and len(out) <= OBJECTS:
        _level, name, _type, size = _HEAD.unpack_from(data, position)
        end = position + _HEAD.size + size + 2
        if name in _WANTED:
            out.append(data[position:end])
        position = end
    return b"".join(out)


def _name(long: object, short: object, charset: str) -> str:
    try:
        name = long() if callable(long) else long
    except UnicodeError:
        name = short
    return (decode(name, charset) if isinstance(name, bytes) else str(name or "")).strip("\0 ")


def _file(part: Part, name: str, body: bytes) -> Part:
    named = f"attachment; filename*=utf-8''{quote(name or 'file', safe='')}".encode()
    return _part(part, "application/octet-stream", body, (("content-disposition", named),))


def _part(part: Part, kind: str, body: bytes, headers: tuple[tuple[str, bytes], ...]) -> Part:
    return Part(headers=headers, content_type=kind, body=body, parents=part.parents)


def _unwrapped(part: Part) -> list[Part]:
    """A text and the files that were uuencoded into it."""
    if parameters(part.header("content-disposition")).get("filename"):
        return [part]
    files = [_file(part, decode(found[1]), uudecoded(found[0])) for found in _WRAPPED.finditer(part.body)]
    if not files:
        return [part]
    text = Part(
        headers=part.headers,
        content_type=part.content_type,
        body=_WRAPPED.sub(b"", part.body),
        parents=part.parents,
    )
    return [text, *files[:FILES]]
