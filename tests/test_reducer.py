"""The value of one conversation in the browser, run in node where there is one."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_reducer_keeps_order_loses_nothing_and_shows_no_gap():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser tests still drive the same code")
    scripts = sorted(str(path) for path in (ROOT / "tests" / "js").glob("*.test.mjs"))
    run = subprocess.run([node, "--test", *scripts], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
