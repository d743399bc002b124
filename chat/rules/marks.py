"""Marks in an answer: an address takes their place in the letter that leaves, and no transcript ever keeps it."""

CHAT_LINKS = {"ru": "‹ссылка в чат›", "en": "‹link to the chat›"}  # by language of whoever writes
