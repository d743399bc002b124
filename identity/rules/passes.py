"""Return tickets: what a socket is given to come back with, so that a thousand of them need no request each.

Signed, not stored: the desk makes one with every ``pong``. It names a session, never a right: whoever brings it back is
known by that session as it is then, once, and only for a short while. Spent ones are remembered until they run out.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

RETURN_TIME = 120  # seconds one is good: two heartbeats without an answer (45 s), a restart, and a queue behind it
PREFIX = "r."
MOST = 200  # characters


@dataclass(frozen=True)
class Pass:
    """``kind`` is ``borrower`` or ``staff``; ``expires`` in seconds of the epoch; ``nonce`` is unique."""

    kind: str
    session: UUID
    expires: int
    nonce: str


def make_return_ticket(*, key: bytes, kind: str, session: UUID, now: float) -> str:
    """A ticket for this session, good for ``RETURN_TIME``."""
    words = f"{PREFIX}{kind}.{session.hex}.{int(now) + RETURN_TIME}.{secrets.token_urlsafe(12)}"
    return f"{words}.{_signature(key, words)}"


def read_return_ticket(ticket: str, *, key: bytes) -> Pass | None:
    """What a ticket says; None when we did not make it. Whether it is in time, the caller's clock says."""
    words, _, signature = ticket.rpartition(".")
    if len(ticket) > MOST or not ticket.startswith(PREFIX):
        return None
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), _signature(key, words).encode()):
        return None
    _, kind, session, expires, nonce = words.split(".")
    return Pass(kind, UUID(hex=session), int(expires), nonce)


def _signature(key: bytes, words: str) -> str:
    digest = hmac.digest(key, words.encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:24]).decode()
