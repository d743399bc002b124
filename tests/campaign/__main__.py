"""``python -m tests.campaign``: breaks a desk of its own under load and prints what that did. See docs/campaign.md."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.campaign import failpoints, hostile, network, services  # noqa: F401  their faults
from tests.campaign.results import Results
from tests.campaign.run import campaign
from tests.campaign.selftest import self_test


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--faults", default="kill-web,kill-worker,kill-redis,kill-postgres", help="names, by comma")
    parser.add_argument("--count", type=int, default=3, help="of each fault, with what --results holds already")
    parser.add_argument("--rate", type=float, default=50, help="messages a second")
    parser.add_argument("--server", default="daphne", choices=["daphne", "uvicorn"])
    parser.add_argument("--chapter", type=int, default=12, help="rounds between two checks")
    parser.add_argument("--longest-stop", type=float, default=60, help="seconds a process is frozen at most")
    parser.add_argument("--outage", type=float, default=120, help="seconds without Redis")
    parser.add_argument("--results", type=Path, help="file of JSON lines to add to")
    parser.add_argument("--table", action="store_true", help="only print the table of --results")
    parser.add_argument(
        "--self-test", nargs="?", const="all", help="plant the seeded bugs, or this one, and catch them"
    )
    parser.add_argument("--var", type=Path, help="keep everything here instead of in a temporary directory")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    results = Results(options.results)
    if options.table:
        print(results.table())
        return 0
    var = options.var or Path(tempfile.mkdtemp(prefix="campaign-"))
    var.mkdir(parents=True, exist_ok=True)
    var.chmod(0o755)
    if options.self_test:
        return asyncio.run(self_test(options, var))
    wrong = asyncio.run(campaign(options, var, results))
    print(results.table())
    if wrong:
        print(f"{wrong} things were wrong; the evidence is in {var}", file=sys.stderr)
        return 1
    if options.var is None:
        shutil.rmtree(var, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
