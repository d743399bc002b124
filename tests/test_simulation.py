"""A small simulated day at the desk that ``make run`` starts: it completes and its figures can be believed."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk import ROOT, Desk, running

pytestmark = pytest.mark.running

BORROWERS, AGENTS, LETTERS = 6, 2, 3


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with running() as desk:
        yield desk


def simulate(desk: Desk, options: str) -> str:
    command = [".venv/bin/python", "manage.py", "simulate", *options.split()]
    done = subprocess.run(command, cwd=ROOT, env=desk.environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def channel(report: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in report["channels"] if one["channel"] == name)


def test_a_simulated_day_is_measured_by_the_desks_own_report(desk: Desk) -> None:
    report = json.loads(
        simulate(desk, f"--borrowers {BORROWERS} --agents {AGENTS} --letters {LETTERS} --speed 400 --json")
    )
    chat, letters = channel(report, "chat"), channel(report, "email")
    assert (chat["opened"], chat["resolved"]) == (BORROWERS, BORROWERS)
    assert (letters["opened"], letters["resolved"]) == (LETTERS, LETTERS)
    for one in (chat, letters):
        assert 0 < one["first_response"]["wait"]["median"] <= one["first_response"]["wait"]["p90"]
        assert 0 < one["resolution_time"]["median"] <= one["resolution_time"]["p90"]
    assert 0 < report["parallel"]["mean"] <= 5
    assert report["parallel"]["p95"] <= 5, "nobody leads more chats than there are places"


def test_the_table_names_what_was_measured_and_what_was_put_in(desk: Desk) -> None:
    table = simulate(desk, "--borrowers 2 --agents 1 --letters 1 --speed 2000")
    for words in (
        "first response",
        "chat ",
        "e-mail",
        "Inputs of this run, not results",
        "10 minutes",
        "Parallel chats",
    ):
        assert words in table
    assert "2 borrowers, 1 letters, 1 agents" in table


def test_without_a_running_desk_the_simulation_says_what_to_do(desk: Desk, tmp_path: Any) -> None:
    elsewhere = desk.environment | {"SD_VAR": str(tmp_path)}
    command = [".venv/bin/python", "manage.py", "simulate"]
    done = subprocess.run(command, cwd=ROOT, env=elsewhere, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "make run" in done.stderr
    assert "Traceback" not in done.stderr
