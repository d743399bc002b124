"""Emptying the tables between two tests while web processes and workers of a test still read them."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.db import OperationalError
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
