"""Numbers by which the index of the search narrows a frequent word: a tab, and two spans of time.

The same numbers are made in Postgres (``search_keys`` of the migration); a test holds the two together.
"""

from datetime import UTC, datetime

MESSAGES, TICKETS, FILES = "messages", "tickets", "files"
TAB, SHORT, LONG = 1 << 24, 5 << 24, 6 << 24
TABS = {MESSAGES: TAB + 1, TICKETS: TAB + 2, FILES: TAB + 3}
KINDS = {MESSAGES: ("message", "note"), TICKETS: ("subject",), FILES: ("file",)}
SHORT_BITS, LONG_BITS = 20, 24  # spans of 12 and of 194 days


def span_keys(base: int, bits: int, oldest: datetime, newest: datetime) -> list[int]:
    """The spans that cover a stretch of time."""
    return [base + span for span in range(_seconds(oldest) >> bits, (_seconds(newest) >> bits) + 1)]


def begins_at(bits: int, moment: datetime, *, before: int = 0) -> datetime:
    """When the span of a moment begins, or one of those before it."""
    return datetime.fromtimestamp(((_seconds(moment) >> bits) - before) << bits, UTC)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
