"""Consequences of a commit, inside a test that never commits: as fast as a rolled-back test, as true as a real one."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.transaction import Atomic

log = logging.getLogger(__name__)


@pytest.fixture
def commits(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What waits for a commit happens when the outermost transaction of the code under test ends."""
    leave = Atomic.__exit__

    def leave_and_tell(self: Atomic, *problem: Any) -> None:
        leave(self, *problem)
        if all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            run_what_waits()

    monkeypatch.setattr(Atomic, "__exit__", leave_and_tell)
    yield
    connection.run_on_commit.clear()


def run_what_waits() -> None:
    """Consequences may have consequences of their own."""
    while connection.run_on_commit:
        _, consequence, is_robust = connection.run_on_commit.pop(0)
        try:
            consequence()
        except Exception:
            if not is_robust:
                raise
            log.exception("a robust consequence of a commit failed")
