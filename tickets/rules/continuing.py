"""The way from a letter into the chat: the mark in an answer's text, and the address it becomes."""

import re
from datetime import timedelta

from chat.rules.marks import CHAT_LINKS

LIVES = timedelta(hours=24)
RESERVED = timedelta(minutes=2)  # how long a place waits for the first word in the chat
FRAGMENT = "support"  # after ``#``: servers and their logs never see what stands there

_MARK = re.compile("|".join(map(re.escape, CHAT_LINKS.values())))
PURPOSE = "continue"


def has_mark(text: str) -> bool:
    """Whether the text asks for a link."""
    return _MARK.search(text) is not None


def with_address(text: str, address: str) -> str:
    """The text with the link in the place of the first mark; one answer carries one link."""
    return _MARK.sub("", _MARK.sub(lambda _: address, text, count=1))
