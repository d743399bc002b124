"""The campaign in short: real processes die under load and nothing is lost; what it breaks, and how, exists."""

import json
import re
import subprocess
import sys
from pathlib import Path

from supportdesk.realtime.failpoints import NAMES
from tests.campaign.results import Results

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("supportdesk", "identity", "chat", "tickets", "quality")
SHORT = ("--faults", "kill-web,kill-redis,kill-postgres,net-cut", "--count", "1", "--chapter", "4", "--rate", "20")


def passages() -> list[str]:
    """The name of every call of ``failpoint`` in the product."""
    texts = (path.read_text() for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))
    return [name for text in texts for name in re.findall(r'\bfailpoint\("([^"]+)"\)', text)]


def test_each_named_failpoint_stands_in_the_code_once() -> None:
    assert sorted(passages()) == sorted(NAMES)


def test_a_failpoint_kills_at_its_passage_and_not_before() -> None:
    code = "from supportdesk.realtime.failpoints import failpoint as f\n"
    code += "f('outbox.claimed'); f('smtp.accepted'); print('once', flush=True); f('smtp.accepted'); print('never')"
    armed = {"SD_FAILPOINT": "smtp.accepted:kill@2", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=armed, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout) == (-9, "once\n")


def test_an_unknown_failpoint_stops_the_program() -> None:
    code = "import supportdesk.realtime.failpoints"
    armed = {"SD_FAILPOINT": "nowhere.at_all:kill", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], env=armed, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert "nowhere.at_all" in run.stderr


def test_parts_of_a_desk_die_under_load_and_nothing_is_lost_doubled_or_out_of_order(tmp_path: Path) -> None:
    """Two web processes, Redis and Postgres are killed, then every connection is cut; everybody saw everything."""
    file = tmp_path / "results.jsonl"
    command = [sys.executable, "-m", "tests.campaign", *SHORT, "--results", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, f"{run.stdout}\n{run.stderr[-4000:]}"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert {row["fault"] for row in rows if row["row"] == "round"} == set(SHORT[1].split(","))
    assert [row["wrong"] for row in rows if row["row"] == "check"] == [{}]
    assert all(row["messages"] > 0 for row in rows)
    assert all(Results(file).count(fault) == 1 for fault in SHORT[1].split(",")), "a second run goes on from here"
