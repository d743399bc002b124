"""Prints the matrix of bad input: ``python -m tests.bad_input`` as in make test, ``--long`` for the long form.

Further arguments go to pytest: ``python -m tests.bad_input --long -k tokens``.
"""

import os
import sys
import time
from pathlib import Path

import pytest

from tests.bad_input.matrix import LONG, Matrix

ROOT = Path(__file__).resolve().parent.parent.parent


def main(arguments: list[str]) -> int:
    if "--long" in arguments:
        os.environ[LONG] = "long"
        arguments.remove("--long")
    began, matrix = time.monotonic(), Matrix()
    files = [str(path) for path in sorted((ROOT / "tests").glob("test_bad_*.py"))]
    ended = pytest.main(["-q", "--rootdir", str(ROOT), *files, *arguments], plugins=[matrix])
    print(f"\n{matrix.text()}\n\n{sum(row.count for row in matrix.rows):,} tries in {time.monotonic() - began:.0f} s")
    return int(ended)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
