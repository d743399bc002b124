"""``make reset``: forget all data of the desk here, so that the next start is a first one."""

import shutil
import sys
from pathlib import Path

from supportdesk import env
from supportdesk.desk.places import ROOT, NotStarted
from supportdesk.desk.run import only_one

KEPT = {"test"}  # the tests' own services


def main() -> int:
    var = Path(env.text("SD_VAR", str(ROOT / "var"))).resolve()
    if not var.exists():
        print("There is nothing to forget.")
        return 0
    try:
        with only_one(var):
            for path in var.iterdir():
                if path.name not in KEPT:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
    except NotStarted:
        print("The desk is running here: stop it with Ctrl-C, then reset.", file=sys.stderr)
        return 1
    print(f"All data under {var} is gone; make run starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
