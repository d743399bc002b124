"""Signed addresses and Message-IDs: who answers one of our letters proves it by what only we could have written."""

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_BITS = 80
_PLUS = re.compile(r"\+(\d{1,18})\.([a-z2-7]{8})\.([a-z2-7]{16})@", re.I)
_BOUNCE = re.compile(r"\+b\.(\d{1,18})\.([a-z2-7]{16})@", re.I)
_OWN_ID = re.compile(r"^(\d{1,18})\.(\d{1,18})\.([0-9a-f]{16})\.([a-z2-7]{16})@", re.I)


@dataclass(frozen=True)
class ReplyToken:
    """What a signed address says: the ticket, and the mark of whom it was given to."""

    ticket: int
    mark: str


def sign(key: str, *words: object) -> str:
    """80 bits of HMAC-SHA256 over the words, in base32: sixteen letters that survive any mail program."""
    text = "\0".join(str(word) for word in words).encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return base64.b32encode(digest[: _BITS // 8]).decode().lower()


def make_message_id(*, key: str, ticket: int, message: int, domain: str) -> str:
    """A fresh Message-ID (without brackets) that proves it is ours: ``ticket.message.random.signature@domain``."""
    random = secrets.token_hex(8)
    return f"{ticket}.{message}.{random}.{sign(key, 'message-id', ticket, message, random)}@{domain}"


def ticket_of_message_id(message_id: str, *, key: str) -> int | None:
    """The ticket number of one of our own Message-IDs; none for anybody else's."""
    found = _OWN_ID.match(message_id)
    if not found or not _same(found[4], sign(key, "message-id", found[1], found[2], found[3].lower())):
        return None
    return int(found[1])


def participant_mark(key: str, address: str) -> str:
    """Eight letters that stand for a person in an address, and tell nobody who it is."""
    return sign(key, "participant", address.strip().lower())[:8]


def make_reply_address(*, key: str, address: str, ticket: int, participant: str) -> str:
    """The mailbox's address with a signed plus part: ``help+12.participant.signature@…``."""
    mark = participant_mark(key, participant)
    return _plus(address, f"{ticket}.{mark}.{sign(key, 'reply', ticket, mark, address.lower())}")


def read_reply_address(text: str, *, key: str, address: str) -> ReplyToken | None:
    """What a signed plus address of this mailbox says; none for any other."""
    found = _PLUS.search(text)
    if not found or not is_of(text, address):
        return None
    mark = found[2].lower()
    is_signed = _same(found[3], sign(key, "reply", found[1], mark, address.lower()))
    return ReplyToken(int(found[1]), mark) if is_signed else None


def make_bounce_address(*, key: str, address: str, letter: int) -> str:
    """Where reports about one outgoing letter come back to: ``help+b.34.signature@…``."""
    return _plus(address, f"b.{letter}.{sign(key, 'bounce', letter, address.lower())}")


def letter_of_bounce_address(text: str, *, key: str, address: str) -> int | None:
    """The outgoing letter a report is about."""
    found = _BOUNCE.search(text)
    if not found or not is_of(text, address):
        return None
    return int(found[1]) if _same(found[2], sign(key, "bounce", found[1], address.lower())) else None


def _plus(address: str, word: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}+{word}@{domain}"


def is_of(text: str, address: str) -> bool:
    """Whether an address is this mailbox's, with or without something after a plus."""
    local, _, domain = address.lower().rpartition("@")
    name, _, host = text.strip().lower().rpartition("@")
    return host == domain and name.partition("+")[0] == local


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
