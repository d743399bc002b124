"""What a day adds to the roll-ups, read from the rows: one module per kind of row, one function per metric or family.

Conversations of planted borrowers and of mystery visits count nowhere. A day is a day of the desk's time zone.
"""

from collections.abc import Iterator

from quality.queries.rollups import reviews, scores, service, voice
from quality.queries.rollups.days import Day, Found


def found_on(day: Day) -> Iterator[Found]:
    """Everything that the rows say of a day."""
    for source in (scores.found, reviews.found, voice.found, service.found):
        yield from source(day)


__all__ = ["Day", "Found", "found_on"]
