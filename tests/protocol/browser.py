"""What tabs were told, replayed into the browser's own code, where there is node to run it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def replay(traces: list[dict[str, Any]], folder: Path) -> None:
    """The browser shows at each step a piece of the log, and all of it at the end."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed: the browser tests still drive the same code")
    file = folder / "traces.json"
    file.write_text(json.dumps(traces))
    command = [node, str(ROOT / "tests" / "js" / "replay.mjs"), str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    assert run.stdout.strip() == f"{len(traces)} traces"
