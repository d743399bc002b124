"""The past, for demo data: what happens inside is dated by a clock of our own, in Python and in Postgres."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any
from unittest import mock

from django.db import connection, transaction

POSTGRES_CLOCK = """
create schema if not exists demo;
create or replace function demo.clock_timestamp() returns timestamptz language sql stable
    as $$ select current_setting('demo.now')::timestamptz $$;
set local search_path = demo, public, pg_catalog;
"""


class PastClock:
    """The moment it is; ``pass_time`` moves it on."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def pass_time(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        with connection.cursor() as cursor:
            cursor.execute("select set_config('demo.now', %s, true)", [self.moment.isoformat()])


@contextlib.contextmanager
def past(moment: datetime) -> Iterator[PastClock]:
    """One transaction in which it is ``moment``; afterwards Postgres knows nothing of it."""
    clock = PastClock(moment)

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return clock.moment.astimezone(tz)

    with transaction.atomic(), mock.patch("django.utils.timezone.datetime", Datetime):
        with connection.cursor() as cursor:
            cursor.execute(POSTGRES_CLOCK)
        clock.pass_time(0)
        yield clock
        with connection.cursor() as cursor:
            cursor.execute("set local search_path = default; drop schema demo cascade")
