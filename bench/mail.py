"""Letters, all figures: ``python -m bench.mail``; each part stands in a module of its own and may be run alone.

``--quick`` is a try of a minute, ``--only reading`` one part.
"""

import argparse
import subprocess
import sys

from bench.place import ROOT, say

PARTS = {
    "reading": ("What reading a letter costs", "bench.mail_reading", [], ["--rounds", "2"]),
    "import": ("Letters on their way in", "bench.mail_import", [], ["--letters", "200", "--rounds", "2"]),
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--only", choices=PARTS, default=None)
    chosen = options.parse_args()
    failed = 0
    for name, (title, module, arguments, quick) in PARTS.items():
        if chosen.only not in {None, name}:
            continue
        command = [sys.executable, "-m", module, *arguments, *(quick if chosen.quick else [])]
        say(" ".join(command[1:]))
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        print(f"#### {title}\n\n`python {' '.join(command[1:])}`: {done.stdout.strip() or 'it failed'}\n", flush=True)
        failed += done.returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
