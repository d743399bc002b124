"""Tokens in addresses: a row's number and a signature of it.

They can be made again for a retry and need not be kept; a forged one is known without looking anything up.
"""

import base64
import hashlib
import hmac
import re

_TOKEN = re.compile(r"([0-9a-v]{1,13})\.([a-z2-7]{32})")


def make_token(number: int, *, purpose: str, key: str) -> str:
    return f"{_digits(number)}.{_sign(number, purpose, key)}"


def number_of(token: str, *, purpose: str, key: str) -> int | None:
    """The number that was signed, unless the token is none of ours or was made for something else."""
    found = _TOKEN.fullmatch(token.strip())
    if not found:
        return None
    number = int(found[1], 32)
    return number if hmac.compare_digest(found[2], _sign(number, purpose, key)) else None


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _sign(number: int, purpose: str, key: str) -> str:
    made = hmac.new(key.encode(), f"{purpose}\0{number}".encode(), hashlib.sha256).digest()
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
