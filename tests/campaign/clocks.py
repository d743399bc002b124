"""``python -m tests.campaign.clocks FILE -- -m daphne …`` runs a program whose wall clock is off by FILE's seconds.

Python's own clock and Django's are moved, at any moment.
"""

import runpy
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

LOOK_PAUSE = 0.5  # seconds between two looks at the file


def moved(clock: Callable[[], float], path: Path) -> Callable[[], float]:
    """The same clock, off by what the file says."""
    known = [0.0, 0.0]  # until when the offset is known, and the offset

    def now() -> float:
        if time.monotonic() > known[0]:
            known[:] = [time.monotonic() + LOOK_PAUSE, float(path.read_text() or 0)]
        return clock() + known[1]

    return now


def main(arguments: list[str]) -> None:
    path, rest = Path(arguments[0]), arguments[arguments.index("--") + 1 :]
    time.time = moved(time.time, path)
    from django.utils import timezone

    timezone.now = lambda: datetime.fromtimestamp(time.time(), UTC)
    sys.argv = rest[1:]
    runpy.run_module(rest[1], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
