"""The database of the tests among those who still use it: emptying its tables, and giving it up at the end."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.operations import BaseDatabaseOperations

TRIES = 40
LONGEST_WAIT = "250ms"  # below deadlock_timeout: whoever reads goes on, and the tables are asked for again


@pytest.fixture(scope="session", autouse=True)
def flushing_gives_way() -> Iterator[None]:
    """A flush locks every table, a statement of a living process some: in another order the two are a deadlock."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def patient(operations: Any, statements: Sequence[str]) -> None:
        wait = f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"
        for left in reversed(range(TRIES)):
            try:
                flush(operations, [wait, *statements])
                break
            except OperationalError:
                if not left:
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", patient)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads that answer requests keep their connections; a database in use cannot be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
