"""The readers of strangers' texts: nothing breaks them, and no text makes them slow."""

import importlib.util
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from identity.rules.pii import find_passports
from tests.bad_input.rows import amount, is_long
from tests.bad_input.texts import READERS, SIZE, slow_texts

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261123


@pytest.mark.parametrize("name", READERS)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=some.text(max_size=400))
def test_no_text_breaks_a_reader(name: str, text: str) -> None:
    READERS[name](text)


def seconds_of(read: Callable[[str], object], text: str) -> float:
    """Of this thread alone, whatever else the machine does."""
    began = time.thread_time()
    read(text)
    return time.thread_time() - began


def test_no_text_makes_a_reader_slow(say_row: Any) -> None:
    count = amount(len(READERS) * 60, len(READERS) * 1_000) // len(READERS)
    worst = {
        name: max(seconds_of(read, text) for text in slow_texts(count, SEED)) * 1000 for name, read in READERS.items()
    }
    found = ", ".join(f"{name} {spent:.0f} ms" for name, spent in worst.items())
    say_row("U-ATHERIS", f"texts of {SIZE:,} characters that repeat", count * len(READERS), "none over 100 ms", found)
    assert max(worst.values()) < (100 if is_long() else 1_000), worst


def test_a_passport_is_looked_for_only_near_its_word() -> None:
    """A pattern that went on from every such word took minutes for a message and hours for a letter."""
    assert seconds_of(find_passports, "паспорт" * 28_000) < 5
    assert find_passports("паспорт " * 5 + "4508123456") == [(40, 50)]


@pytest.mark.skipif(not is_long(), reason="minutes of fuzzing: python -m tests.bad_input --long")
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this machine")
@pytest.mark.parametrize("name", READERS)
def test_fuzzing_along_the_branches_finds_nothing(name: str, say_row: Any) -> None:
    command = [sys.executable, "-m", "tests.bad_input.guided", name, str(amount(1, 20))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    told = re.search(r"Done (\d+) in (\d+) second", done.stderr + done.stdout)
    tried = int(told[1]) if told else 0
    found = f"ended with {done.returncode}, {'nothing raised' if not done.returncode else done.stderr[-300:]}"
    say_row("U-ATHERIS", f"{name}, led by coverage for {amount(1, 20)} s", tried, "0 crashes, none over 10 s", found)
    assert done.returncode == 0 and tried, done.stderr[-2000:]
