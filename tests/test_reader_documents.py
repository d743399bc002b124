"""What docs/letters.md says of limits, problems and keys is what the code does."""

import importlib
import re
from pathlib import Path

import pytest

from tickets.management.commands import read_letter
from tickets.rules.email.letter import PROBLEMS

DOCUMENT = (Path(__file__).resolve().parent.parent / "docs" / "letters.md").read_text()
LIMITS = re.findall(r"^\| `(\w+)\.([A-Z_]+)` \| (\d+)", DOCUMENT, re.MULTILINE)


def first_cells(title: str) -> list[str]:
    """The code names in the first column of a section's table."""
    section = DOCUMENT.split(f"## {title}\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def test_every_problem_is_explained() -> None:
    assert set(first_cells("Problems")) == {*PROBLEMS, read_letter.UNREADABLE, read_letter.NO_FILE}


def test_every_key_is_explained() -> None:
    assert tuple(first_cells("Ask it")) == read_letter.KEYS


@pytest.mark.parametrize(("module", "name", "value"), LIMITS)
def test_every_limit_is_what_is_said(module: str, name: str, value: str) -> None:
    assert getattr(importlib.import_module(f"tickets.rules.email.{module}"), name) == int(value)


def test_the_limits_are_found() -> None:
    assert len(LIMITS) > 15
