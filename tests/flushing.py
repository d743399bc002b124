"""The database of the tests among those who still use it: emptying its tables, and giving it up at the end."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

TRIES = 40
LONGEST_WAIT = "250ms"  # below deadlock_timeout: whoever reads goes on, and the rows are asked for again
ALWAYS_THE_SAME = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def flushing_gives_way() -> Iterator[None]:
    """Rows are deleted from the few tables that hold any: truncating each of them takes longer than most tests.

    A living process may hold some of the rows and want others: in another order the two are a deadlock.
    """

    def patient(operations: Any, statements: Sequence[str]) -> None:
        for left in reversed(range(TRIES)):
            try:
                _empty_tables()
                break
            except OperationalError:
                if not left:
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", patient)
        yield


def _empty_tables() -> None:
    """Without triggers and foreign keys, so that the order does not matter and published rows go too."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_filled_tables())
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@cache
def _filled_tables() -> str:
    names = sorted(set(connection.introspection.table_names()) - ALWAYS_THE_SAME)
    quoted = {name: connection.ops.quote_name(name) for name in names}
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {quoted[name]})" for name in names)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads that answer requests keep their connections; a database in use cannot be dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
