"""The whole desk as real processes, in a directory and on ports of its own."""

import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supportdesk.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
OWN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SD_VAR", "DEMO", "PUBLIC_URL", "SERVER", "LANGUAGE", "LC_ALL")
PATIENCE = 300  # seconds, for a machine that does other things too


class Desk:
    """A desk that runs, without the demo's past of quality; ``facts`` is its demo.json, ``output`` what it printed."""

    def __init__(self, var: Path, **environment: str) -> None:
        self.var = var
        self.output = var.parent / f"{var.name}.out"
        ports = {name: str(free_port()) for name in ("PORT", "LENDER_PORT", "IMAP_PORT", "SMTP_PORT")}
        inherited = {name: value for name, value in os.environ.items() if name not in OWN}
        self.environment = inherited | ports | {"SD_VAR": str(var), "DEMO_QUALITY": "no"} | environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Desk":
        """Type ``make run`` and wait until it says that the desk runs."""
        self.process = self.open()
        self.wait(lambda: "ready in" in self.text(), "the desk runs")
        return self

    def open(self) -> "subprocess.Popen[bytes]":
        with self.output.open("ab") as output:
            return subprocess.Popen(
                ["make", "run"], cwd=ROOT, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    @property
    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.var / "demo.json").read_text()))

    def text(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def pid(self, name: str) -> int:
        """The process id of one program now; 0 while it has none."""
        return int(json.loads((self.var / "processes.json").read_text()).get(name, 0))

    def processes(self) -> list[int]:
        """Every process that was started for this desk, whoever its parent is now."""
        mark = f"\0SD_VAR={self.var}\0".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in b"\0" + path.read_bytes():
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found

    def wait(self, condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert not self.process or self.process.poll() is None, f"the desk ended:\n{self.text()[-4000:]}"
            assert time.monotonic() < deadline, (
                f"waited {seconds} s until {what}; the desk said:\n{self.text()[-4000:]}"
            )
            time.sleep(0.1)


@contextmanager
def running(**environment: str) -> Iterator[Desk]:
    """A desk in a new directory for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="desk-") as home:
        desk = Desk(Path(home) / "var", **environment)
        try:
            yield desk.start()
        finally:
            desk.stop()
