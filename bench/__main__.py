"""All benchmarks, one after the other, as Markdown for docs/performance.md: ``python -m bench``.

Each starts its own services. ``--quick`` is a try of a minute or two, to see that everything runs.
"""

import argparse
import platform
import subprocess
import sys
from datetime import UTC, datetime

from bench.place import ROOT, say

ALL = (
    ("The live path beside the bare limit", "bench.live", ["--processes", "2"], ["--rounds", "1", "--seconds", "1"]),
    ("Idle sockets and their return", "bench.connections", [], ["--sockets", "200", "--hold", "5"]),
    (
        "The cost of the past",
        "bench.growth",
        [],
        ["--rounds", "1", "--seconds", "1", "--conversations", "20000", "--messages", "1000"],
    ),
    ("Routing", "bench.routing", [], ["--chats", "100"]),
    ("How fast conversations are judged", "bench.quality", [], ["--quick"]),
    ("What reading a letter costs", "bench.mail_reading", [], ["--rounds", "2"]),
    (
        "The desk's pages beside a large past",
        "bench.desk",
        ["--tickets", "100000"],
        ["--tickets", "2000", "--rounds", "1", "--times", "5"],
    ),
    (
        "A month of days rolled up, and its report",
        "bench.reports",
        [],
        ["--dialogs", "400", "--days", "4", "--rounds", "1", "--times", "3"],
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", help="names, such as live,routing")
    options = parser.parse_args()
    wanted = [name for name in options.only.split(",") if name]
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}, {platform.machine()}")
    failed = 0
    for title, module, arguments, quick in ALL:
        if not wanted or module.partition(".")[2] in wanted:
            command = [sys.executable, "-m", module, *arguments, *(quick if options.quick else [])]
            say(f"\n{' '.join(command[1:])}")
            failed += _run(title, command)
    return int(failed > 0)


def _run(title: str, command: list[str]) -> int:
    """Print the section of one benchmark; 1 when it failed."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    print(f"\n### {title}\n\n`python {' '.join(command[1:])}`: {done.stdout.strip() or 'it failed'}", flush=True)
    return int(done.returncode != 0)


if __name__ == "__main__":
    sys.exit(main())
