"""Signed addresses and Message-IDs: who answers one of our letters proves it by what only we could have written."""

import base64
import hashlib
import hmac
import re
import secrets

_BITS = 80
_PLUS = re.compile(r"\+(\d{1,18})\.([a-z2-7]{16})@", re.I)
_OWN_ID = re.compile(r"^(\d{1,18})\.([0-9a-f]{16})\.([a-z2-7]{16})@", re.I)


def sign(key: str, *words: object) -> str:
    """80 bits of HMAC-SHA256 over the words, in base32: sixteen letters that survive any mail program."""
    text = "\0".join(str(word) for word in words).encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return base64.b32encode(digest[: _BITS // 8]).decode().lower()


def make_message_id(*, key: str, ticket: int, domain: str) -> str:
    """A fresh Message-ID (without brackets) that proves it is ours: ``ticket.random.signature@domain``."""
    random = secrets.token_hex(8)
    return f"{ticket}.{random}.{sign(key, 'message-id', ticket, random)}@{domain}"


def ticket_of_message_id(message_id: str, *, key: str) -> int | None:
    """The ticket number of one of our own Message-IDs; none for anybody else's."""
    found = _OWN_ID.match(message_id)
    if not found or not _same(found[3], sign(key, "message-id", found[1], found[2].lower())):
        return None
    return int(found[1])


def make_reply_address(*, key: str, address: str, ticket: int) -> str:
    """The mailbox's address with a signed plus part: ``help+12.signature@…``."""
    local, _, domain = address.rpartition("@")
    return f"{local}+{ticket}.{sign(key, 'reply', ticket, address.lower())}@{domain}"


def ticket_of_reply_address(text: str, *, key: str, address: str) -> int | None:
    """The ticket number of a signed plus address of this mailbox."""
    local, _, domain = address.lower().rpartition("@")
    lowered = text.strip().lower()
    found = _PLUS.search(lowered)
    if not found or not lowered.startswith(f"{local}+") or not lowered.endswith(f"@{domain}"):
        return None
    return int(found[1]) if _same(found[2], sign(key, "reply", found[1], address.lower())) else None


def subject_tag(*, key: str, ticket: int) -> str:
    """``[SD-12345-k7q]``: three check characters keep typing mistakes apart; it proves nothing."""
    return f"[SD-{ticket}-{sign(key, 'subject', ticket)[:3]}]"


def ticket_of_subject(subject: str, *, key: str) -> int | None:
    found = re.search(r"\[SD-(\d{1,18})-([a-z2-7]{3})\]", subject, re.I)
    if not found or not _same(found[2], sign(key, "subject", found[1])[:3]):
        return None
    return int(found[1])


def _same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.lower().encode(), right.encode())
