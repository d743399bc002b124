"""The way from a letter into the chat: the mark in an answer's text, and the token in the address it becomes.

A token is the link's number and a signature of it: it can be made again for a retry and need not be kept, and a forged
one is known without looking anything up.
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

LIVES = timedelta(hours=24)
RESERVED = timedelta(minutes=2)  # how long a place waits for the first word in the chat
MARKS = {"ru": "‹ссылка в чат›", "en": "‹link to the chat›"}
FRAGMENT = "support"  # after ``#``: servers and their logs never see what stands there

_MARK = re.compile("|".join(map(re.escape, MARKS.values())))
_TOKEN = re.compile(r"([0-9a-v]{1,13})\.([a-z2-7]{32})")


def has_mark(text: str) -> bool:
    """Whether the text asks for a link."""
    return _MARK.search(text) is not None


def with_address(text: str, address: str) -> str:
    """The text with the link in the place of the first mark; one answer carries one link."""
    return _MARK.sub("", _MARK.sub(lambda _: address, text, count=1))


def make_token(link: int, *, key: str) -> str:
    return f"{_digits(link)}.{_sign(link, key)}"


def link_of(token: str, *, key: str) -> int | None:
    """The number of the link, unless the token is none of ours."""
    found = _TOKEN.fullmatch(token.strip())
    if not found:
        return None
    link = int(found[1], 32)
    return link if hmac.compare_digest(found[2], _sign(link, key)) else None


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _sign(link: int, key: str) -> str:
    made = hmac.new(key.encode(), f"continue\0{link}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:20]).decode().lower()


def _digits(number: int) -> str:
    """In base 32, so that it looks like no number of a card or a loan."""
    digits = "0123456789abcdefghijklmnopqrstuv"
    text = ""
    while True:
        number, rest = divmod(number, 32)
        text = digits[rest] + text
        if not number:
            return text
