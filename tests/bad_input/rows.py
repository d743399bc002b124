"""A row of the matrix of bad input: what was tried, how often, what was expected and what was found."""

import os
from collections.abc import Callable
from dataclasses import astuple

import pytest

from tests.bad_input.matrix import LONG, PROPERTY, Row


def is_long() -> bool:
    return os.environ.get(LONG) == "long"


def amount(usual: int, long: int) -> int:
    """How many to try: what ``make test`` has time for, or the long form."""
    return long if is_long() else usual


@pytest.fixture
def say_row(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """``say_row("W-JSON", "…", count, "expected", "found")`` puts a line into the matrix, good or bad."""

    def say(*fields: object) -> None:
        record_property(PROPERTY, list(astuple(Row(*fields))))  # type: ignore[arg-type]

    return say
