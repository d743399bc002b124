"""Raw letters on disk, encrypted and named by their content. A letter is durable here before any row speaks of it."""

import hashlib
import os
import re
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import zstandard
from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from identity.actions.disk import sync_folder
from identity.rules.at_rest import cipher
from tickets.mailboxes.errors import MailboxUnusable

SUFFIX, DRAFT = ".eml.zst", ".new-"
ZSTANDARD = b"\x28\xb5\x2f\xfd"  # how a letter begins that was kept before they were encrypted
FORGOTTEN = 3600.0  # seconds after which what is half written has nobody who writes on


def digest(raw: bytes) -> str:
    """The name of a letter: SHA-256 with every line end as CRLF, so that servers' habits do not matter."""
    return hashlib.sha256(re.sub(rb"\r\n|\r|\n", b"\r\n", raw)).hexdigest()


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "letters" / sha256[:2] / f"{sha256}{SUFFIX}"


def keep_raw(raw: bytes) -> str:
    """Write the letter unless it is there already; when this returns it survives a power cut."""
    sha256 = digest(raw)
    path = path_of(sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=DRAFT)
    with os.fdopen(handle, "wb") as file:
        file.write(_cipher().encrypt(zstandard.ZstdCompressor(level=3).compress(raw)))
        file.flush()
        os.fsync(file.fileno())
    Path(name).rename(path)
    for directory in (path.parent, path.parent.parent, path.parent.parent.parent):
        sync_folder(directory)
    return sha256


def raw_letter(sha256: str) -> bytes:
    """The bytes as they came; raises ``MailboxUnusable`` where none of the keys fits."""
    kept = path_of(sha256).read_bytes()
    if not kept.startswith(ZSTANDARD):
        try:
            kept = _cipher().decrypt(kept)
        except InvalidToken:
            raise MailboxUnusable("no key of LETTER_KEYS opens the letter") from None
    return zstandard.ZstdDecompressor().decompress(kept)


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.LETTER_KEYS), settings.SECRET_KEY)


@lru_cache(maxsize=1)
def _cipher_of(keys: tuple[str, ...], secret: str) -> MultiFernet:
    return cipher(keys, secret=secret, purpose="raw-letter")


@dataclass(frozen=True)
class Kept:
    """A raw letter on disk and how long ago it was written, in seconds."""

    sha256: str
    age: float


def kept_letters(folder: int) -> list[Kept]:
    """What one of the 256 folders holds. What a crash left half written goes after an hour."""
    now, found = time.time(), []
    directory = path_of(f"{folder:02x}").parent
    for entry in os.scandir(directory) if directory.exists() else ():
        age = now - entry.stat().st_mtime
        if entry.name.endswith(SUFFIX):
            found.append(Kept(entry.name.removesuffix(SUFFIX), age))
        elif entry.name.startswith(DRAFT) and age > FORGOTTEN:
            Path(entry.path).unlink(missing_ok=True)
    return found
