"""The seeded bugs of the campaign sit in the code that runs: when it is rebuilt, they must move with it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEVEN = ["serial_resume", "no_dedup", "ack_before_commit", "no_go_back_n", "history_before_join", "hint_without_poll"]
SEVEN += ["celery_without_outbox"]
PLANT_ALL = """
from tests.campaign import bugs, seeds
assert sorted(bugs.BUGS) == sorted({seven!r}), sorted(bugs.BUGS)
missing = bugs.plant(*bugs.BUGS)
import supportdesk.asgi, tickets.management.loops
assert not missing, list(missing)
"""


def test_each_seeded_bug_finds_the_names_it_patches() -> None:
    code = PLANT_ALL.format(seven=SEVEN)
    planted = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert planted.returncode == 0, planted.stderr


def test_a_program_runs_under_a_seeded_bug_with_its_own_arguments() -> None:
    command = [sys.executable, "-m", "tests.campaign.bugs", "no_dedup", "--", "-m", "json.tool", "--help"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (run.returncode, "seeded bug: no_dedup" in run.stderr, "JSON" in run.stdout) == (0, True, True)


def test_an_unknown_bug_is_refused() -> None:
    command = [sys.executable, "-m", "tests.campaign.bugs", "no_bug", "--", "-m", "json.tool"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode != 0
    assert "no_go_back_n" in run.stderr
