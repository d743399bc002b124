"""Filling the index of the search: by sweeps after the fact, so that nobody who writes waits for it."""

import time
from collections.abc import Iterator

from django.db import connection, transaction

from chat.models import Entry

BATCH = 1_000
BUDGET = 20.0  # seconds of one sweep


def index_new_entries(*, seconds: float = BUDGET) -> int:
    """Index in batches, each a transaction of its own, until nothing new is left or the time is over."""
    total, ends = 0, time.monotonic() + seconds
    while (count := _advance()) and time.monotonic() < ends:
        total += count
    return total + count


def index_everything_again() -> Iterator[tuple[int, int]]:
    """Make every row of the index anew, the oldest first, while it is used; tells how far it is, and of how much."""
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    at = 0
    while at < last:
        at = _again(at, last)
        yield at, last


@transaction.atomic
def _advance() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select search_advance(%s)", [BATCH])
        return int(cursor.fetchone()[0])


@transaction.atomic
def _again(after: int, last: int) -> int:
    """The next batch: rows of entries that are gone go too."""
    ids = list(Entry.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
    until = ids[-1] if len(ids) == BATCH else max(last, *ids, after)
    with connection.cursor() as cursor:
        cursor.execute("delete from tickets_searchdocument where entry_id > %s and entry_id <= %s", [after, until])
        cursor.execute("select search_store(%s)", [ids])
    return until
