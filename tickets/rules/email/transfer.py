"""Transfer encodings undone as far as they can be: base64, quoted-printable, uuencode. Never raises."""

import binascii
import quopri
import re

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


def undone(data: bytes, encoding: bytes, *, is_text: bool) -> bytes:
    """Undo a transfer encoding as far as it can be undone.

    Line ends of what was sent as it stands are those of the way it came; as LF a letter is the same by every way.
    """
    found = re.match(rb"[\w-]+", encoding.strip(b"\"' "))
    name = found[0].decode("ascii", "replace").lower() if found else ""
    if name == "base64":
        return base64_bytes(data)
    if name == "quoted-printable":
        data = quopri.decodestring(data)
        return data.replace(b"\r\n", b"\n") if is_text else data
    if name in {"uuencode", "x-uuencode", "uue", "x-uue"}:
        return uudecoded(data)
    return data if name == "binary" else data.replace(b"\r\n", b"\n")


def base64_bytes(data: bytes) -> bytes:
    """Decode base64 line noise included: anything outside the alphabet is dropped, padding is made up."""
    clean = data.split(b"\n\n--", 1)[0].translate(None, _NOT_BASE64).rstrip(b"=")
    if b"=" not in clean:
        return _unpadded(clean)
    return b"".join(_unpadded(piece) for piece in re.split(rb"=+", clean))  # pieces that were encoded apart


def _unpadded(clean: bytes) -> bytes:
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4) if len(clean) % 4 else clean)


def uudecoded(data: bytes) -> bytes:
    """Decode a uuencoded body, whether or not it begins with its name; a line that is none gives nothing."""
    lines = data.splitlines()
    begins = next((number + 1 for number, line in enumerate(lines) if line.startswith(b"begin ")), 0)
    out: list[bytes] = []
    for line in lines[begins:]:
        if line == b"end" or line.strip() == b"`":
            break
        out.append(_uuline(line))
    return b"".join(out)


def _uuline(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        try:
            return binascii.a2b_uu(line[:size])
        except binascii.Error:
            return b""
