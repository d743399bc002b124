"""Header values as people read them: encoded words, addresses, parameters. Never raises."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from tickets.rules.email.charset import decode
from tickets.rules.email.transfer import base64_bytes

ENCODED_WORDS = 500
ADDRESSES = 1000

_WORD = re.compile(rb"=\?([\w.:*-]{1,60})\?([bBqQ])\?([^\r\n]{0,4000}?)\?=")
_ADDRESS = re.compile(r"[^\s<>(),;:\"@\[\]\\]{1,64}@[^\s<>(),;:\"@\\]{1,255}")
_TOKEN = re.compile(rb"""\s*;?\s*([\w!#$%&'*+.^`{}|~-]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""")
_SIGNS = re.compile(rb'[\\\\"()<>,;:]')
_REMARK = re.compile(rb"(?<!\S)\([^()]{0,1000}\)")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")


@dataclass(frozen=True)
class Mailbox:
    """A name and an address, as a letter writes them."""

    name: str
    address: str


def text_of(value: bytes) -> str:
    """A header value as text: encoded words decoded, stray bytes guessed, control characters removed."""
    return clean(_decoded(value))


def clean(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text).strip()


def _decoded(value: bytes) -> str:
    out: list[str] = []
    pending: tuple[str, bytes] | None = None  # words in a row of one charset are one string of bytes
    end = 0
    for count, found in enumerate(_WORD.finditer(value)):
        if count == ENCODED_WORDS:
            break
        between = value[end : found.start()]
        charset, data = found[1].decode("ascii").lower(), _word_bytes(found)
        if pending and not between.strip() and pending[0] == charset:
            pending = (charset, pending[1] + data)
        else:
            out.append(_flushed(pending) + ("" if pending and not between.strip() else _plain(between)))
            pending = (charset, data)
        end = found.end()
    out.append(_flushed(pending))
    return "".join(out) + _plain(value[end:])


def _word_bytes(found: re.Match[bytes]) -> bytes:
    if found[2] in b"bB":
        return base64_bytes(found[3])
    data = found[3].replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda byte: bytes([int(byte[1], 16)]), data)


def _flushed(pending: tuple[str, bytes] | None) -> str:
    return decode(pending[1], pending[0]) if pending else ""


def _plain(data: bytes) -> str:
    return data.decode("ascii") if data.isascii() else decode(data)


def mailboxes(value: bytes) -> list[Mailbox]:
    """Every mailbox of an address header, read before decoding so that an encoded comma separates nothing."""
    found: list[Mailbox] = []
    for item in _joined(_split_addresses(value)):
        if (mailbox := _mailbox(item)) is not None:
            found.append(mailbox)
    return found


def _joined(items: list[bytes]) -> list[bytes]:
    """A piece without an address before ``… <address>`` is the first half of a name with a comma."""
    joined: list[bytes] = []
    for item in items:
        if joined and b"@" not in joined[-1] and b"<" in item:
            joined[-1] += b", " + item
        else:
            joined.append(item)
    return joined


def _split_addresses(value: bytes) -> list[bytes]:
    """Cut at commas and semicolons outside quotes, comments and angle brackets; group names are dropped."""
    items: list[bytes] = []
    start, comment, skipped = 0, 0, -1
    quoted = angle = False
    for found in _SIGNS.finditer(value):
        position, char = found.start(), found[0]
        if position == skipped or len(items) == ADDRESSES:
            continue
        if char == b"\\":
            skipped = position + 1
        elif char == b'"' and not comment:
            quoted = not quoted
        elif quoted:
            continue
        elif char in b"()":
            comment = comment + 1 if char == b"(" else max(0, comment - 1)
        elif char in b"<>" and not comment:
            angle = char == b"<"
        elif not comment and not angle and (char in b",;" or (char == b":" and b"@" not in value[start:position])):
            items.extend([value[start:position]] if char != b":" else [])
            start = position + 1
    items.append(value[start:])
    return [item.strip() for item in items[:ADDRESSES] if item.strip()]


def _mailbox(item: bytes) -> Mailbox | None:
    opened = item.rfind(b"<")
    if opened >= 0:
        inside = item[opened + 1 :].split(b">")[0]
        if b"@" in inside or not _ADDRESS.search(_decoded(item)):
            address = re.sub(r"^mailto:|\s+", "", _decoded(inside)).strip("'\"")
            return Mailbox(_name(item[:opened].rstrip(b"< ")) or _name(item.partition(b">")[2]), address)
    text = _decoded(item)
    found = _ADDRESS.search(text)
    if not found:
        return Mailbox(_unquoted(text), "") if text.strip() else None
    rest = text[: found.start()] + text[found.end() :]
    return Mailbox(_unquoted(re.sub(r"[<>]|mailto:", " ", rest)), found[0].strip("'"))


def _name(item: bytes) -> str:
    """A name before an address; a remark in brackets is part of it only when there is nothing else."""
    item = item.strip()
    alone = _REMARK.sub(rb" ", item).strip() if item.endswith(b")") and not item.startswith(b'"') else item
    return _unquoted(_decoded(re.sub(rb"\\(.)", rb"\1", alone or item)))


def _unquoted(text: str) -> str:
    text = clean(text).strip().strip("()").strip()
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return re.sub(r"\s+", " ", text.replace('"', ""))


def is_address(text: str) -> bool:
    """Whether this is one plain mailbox we could write to."""
    domain = text.rpartition("@")[2]
    return bool(_ADDRESS.fullmatch(text)) and len(text) <= 254 and "." in domain.strip(".") and ".." not in text


def parameters(value: bytes) -> dict[str, str]:
    """Parameters of Content-Type or Content-Disposition: RFC 2231, RFC 2047 and raw bytes alike."""
    plain: dict[str, bytes] = {}
    rest = value.partition(b";")[2]
    for count, found in enumerate(_TOKEN.finditer(rest)):
        if count == 200:
            break
        plain.setdefault(found[1].decode("ascii").lower(), _value(found[2]))
    return {name: _parameter(name, plain) for name in {key.split("*")[0] for key in plain}}


def _value(data: bytes) -> bytes:
    data = data.strip()
    if data.startswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", data[1:].removesuffix(b'"'))
    return data


def _parameter(name: str, plain: dict[str, bytes]) -> str:
    pieces = sorted((key for key in plain if re.fullmatch(re.escape(name) + r"\*\d{1,3}\*?", key)), key=_piece_number)
    if pieces:
        charset, first = _charset(plain[pieces[0]]) if pieces[0].endswith("*") else ("", plain[pieces[0]])
        data = unquote_to_bytes(first) if pieces[0].endswith("*") else first
        for key in pieces[1:]:
            data += unquote_to_bytes(plain[key]) if key.endswith("*") else plain[key]
        return clean(decode(data, charset)) if charset or b"=?" not in data else text_of(data)
    if (extended := plain.get(name + "*")) is not None:
        charset, data = _charset(extended)
        return clean(decode(unquote_to_bytes(data), charset))
    return text_of(plain[name]) if name in plain else ""


def _piece_number(key: str) -> int:
    return int(key.split("*")[1])


def _charset(data: bytes) -> tuple[str, bytes]:
    parts = data.split(b"'", 2)
    return (parts[0].decode("ascii", "replace"), parts[2]) if len(parts) == 3 else ("", data)


def message_ids(value: bytes) -> list[str]:
    """Every ``<…>`` of Message-ID, In-Reply-To or References, without the brackets, at most a hundred."""
    return _MESSAGE_ID.findall(value[:HEADER_READ].decode("ascii", "replace"))[-100:]


HEADER_READ = 65536


def date_of(value: bytes) -> datetime | None:
    """The moment of a Date header; none when it is not one."""
    try:
        found = parsedate_to_datetime(value[:200].decode("ascii", "replace"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
