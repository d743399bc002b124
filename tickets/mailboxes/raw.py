"""Raw letters on disk, named by their content. A letter is durable here before any row speaks of it."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

import zstandard
from django.conf import settings


def digest(raw: bytes) -> str:
    """The name of a letter: SHA-256 with every line end as CRLF, so that servers' habits do not matter."""
    return hashlib.sha256(re.sub(rb"\r\n|\r|\n", b"\r\n", raw)).hexdigest()


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "letters" / sha256[:2] / f"{sha256}.eml.zst"


def keep_raw(raw: bytes) -> str:
    """Write the letter unless it is there already; when this returns it survives a power cut."""
    sha256 = digest(raw)
    path = path_of(sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(zstandard.ZstdCompressor(level=3).compress(raw))
        file.flush()
        os.fsync(file.fileno())
    Path(name).rename(path)
    for directory in (path.parent, path.parent.parent, path.parent.parent.parent):
        _sync(directory)
    return sha256


def raw_letter(sha256: str) -> bytes:
    """The bytes as they came."""
    return zstandard.ZstdDecompressor().decompress(path_of(sha256).read_bytes())


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
