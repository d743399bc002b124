"""The files of a letter: safe names, what they say they are and what their bytes say. Never raises."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from tickets.rules.email.headers import parameters, text_of
from tickets.rules.email.tree import Part

NAME_LENGTH = 200
ALTERNATIVE = "multipart/alternative"

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NAMES = {
    "message/delivery-status": ("delivery-status", "txt"),
    "text/plain": ("document", "txt"),
    "text/html": ("document", "html"),
    "text/calendar": ("calendar", "ics"),
    "video/quicktime": ("video", "mov"),
    "image/jpeg": ("image", "jpg"),
    "image/jpg": ("image", "jpg"),
    "image/png": ("image", "png"),
    "image/gif": ("image", "gif"),
    "application/pdf": ("file", "pdf"),
}  # for files that have none


@dataclass(frozen=True, kw_only=True)
class File:
    """One attachment. ``content_type`` is what the letter says, ``sniffed_type`` what the bytes say."""

    name: str
    content_type: str
    sniffed_type: str
    size: int
    sha256: str
    cid: str
    content: bytes


def written_and_files(parts: Sequence[Part]) -> tuple[list[Part], list[Part]]:
    """The leaves that people wrote, and the files; an HTML page beside the letter's own alternatives is a file."""
    written = [part for part in parts if not is_attachment(part)]
    pages = [part for part in written if part.content_type == "text/html"]
    if pages and ALTERNATIVE in pages[0].parents:
        beside = [page for page in pages if ALTERNATIVE not in page.parents]
        written = [part for part in written if not any(part is page for page in beside)]
    return written, [part for part in parts if not any(part is each for each in written)]


def is_attachment(part: Part) -> bool:
    """Whether a leaf is a file rather than something written."""
    disposition = part.header("content-disposition").strip().lower()
    if disposition.startswith(b"attachment") or declared_name(part):
        return True
    alone = not part.parents and part.content_type.startswith("text/") and part.content_type != "text/calendar"
    return part.content_type not in {"text/plain", "text/html"} and not alone


def declared_name(part: Part) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        if value := parameters(part.header(header)).get(parameter, ""):
            return value
    return ""


def read_files(parts: list[Part]) -> tuple[File, ...]:
    """All attachments in order, each with a name of its own."""
    used: dict[str, int] = {}
    return tuple(_file(part, _unique(safe_name(_named(part)), used)) for part in parts)


def _file(part: Part, name: str) -> File:
    return File(
        name=name,
        content_type=part.content_type[:100],
        sniffed_type=sniff(part.body),
        size=len(part.body),
        sha256=hashlib.sha256(part.body).hexdigest(),
        cid=text_of(part.header("content-id")).strip("<> ")[:200],
        content=part.body,
    )


def _named(part: Part) -> str:
    """A name for a file: its own, else by what it is called elsewhere in its headers, else by what it is."""
    if name := declared_name(part):
        return name
    described = text_of(part.header("content-description"))[:150]
    if part.content_type == "message/rfc822":
        found = re.search(rb"(?im)^subject:[ \t]*([^\r\n]{1,400}(?:\r?\n[ \t][^\r\n]{1,400}){0,5})", part.body[:20000])
        title = text_of(re.sub(rb"[\r\n]+[ \t]", b" ", found[1])) if found else described
        return (title or "letter")[:150].replace("/", "-").replace("\\", "-") + ".eml"
    cid = text_of(part.header("content-id")).strip("<> ")[:200]
    if found_name := re.fullmatch(r"([^@]+\.\w{2,6})@.+", cid):
        return found_name[1]
    if part.content_type in _NAMES:
        stem, extension = _NAMES[part.content_type]
        return f"{described or stem}.{extension}"
    return cid.partition("@")[0] if "@" in cid else "file"


def safe_name(name: str) -> str:
    """A file name without paths, control or direction-changing characters, at most 200 long."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2] or name)
    name = _FORBIDDEN.sub("", name).strip(". ")
    stem, dot, extension = name.rpartition(".")
    if len(name) > NAME_LENGTH and dot and len(extension) <= 10:
        return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"
    return name[:NAME_LENGTH] or "file"


def _unique(name: str, used: dict[str, int]) -> str:
    """The second of a name is numbered before its extensions: ``a1.tar.gz``."""
    stem, dot, extensions = name.partition(".")
    unique = name
    while unique in used:
        used[name] += 1
        unique = f"{stem}{used[name] - 1}{dot}{extensions}" if stem else f"{name}{used[name] - 1}"
    used[unique] = 1
    return unique


def sniff(content: bytes) -> str:
    """A content type by the first bytes; empty when they say nothing."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}:
        return "image/heic"
    return next((kind for start, kind in _SIGNATURES if content.startswith(start)), "")
