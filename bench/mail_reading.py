"""What reading a letter costs: ``python -m bench.mail_reading``.

Parse, sanitise, text and strip of each letter, beside the limit in the same run: the interpreter's own parser making
its tree of the same bytes, without looking at one header. Letters are taken in turn by both, round after round; of each
letter the best of the rounds counts, which no neighbour on the machine can spoil. ``--corpus`` names a folder of raw
letters; without it those of Zammad beside the checkout are read, and without these ten of our own making.
"""

import statistics
import time
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path
from typing import Any

from bench.place import ROOT
from bench.report import Figures, machine, parser, table, tell
from tickets.rules.email import read_letter
from tickets.rules.email.attachments import read_files, written_and_files
from tickets.rules.email.body import read_body
from tickets.rules.email.reply import strip_reply
from tickets.rules.email.tnef import unpacked
from tickets.rules.email.tree import read_tree

ZAMMAD = ROOT.parent / "shared" / "data" / "mail" / "zammad"
RAW_ENDINGS = {".eml", ".box", ".txt"}
GOAL = 3.0  # ms of processor time a letter

Step = Callable[[Any], Any]


def letters(folder: Path | None) -> tuple[str, list[bytes]]:
    """The letters that are read, and whose they are."""
    chosen = folder or (ZAMMAD if ZAMMAD.is_dir() else None)
    if chosen is not None:
        return chosen.name, [path.read_bytes() for path in sorted(chosen.iterdir()) if path.suffix in RAW_ENDINGS]
    from bench.mail_import import made

    return "our own", [made(number) for number in range(10)]


def spent(work: Step, given: Any) -> tuple[float, Any]:
    """Milliseconds of processor time, and what came of it."""
    before = time.thread_time()
    made = work(given)
    return (time.thread_time() - before) * 1000, made


def steps(raw: bytes) -> dict[str, float]:
    """One letter by the limit, as a whole, and in the steps of which the whole consists."""
    limit, _ = spent(BytesParser(policy=compat32).parsebytes, raw)
    whole, _ = spent(read_letter, raw)
    tree_cost, tree = spent(read_tree, raw)
    parts, _ = unpacked(tree.parts)
    written, loose = written_and_files(parts)
    files, _ = spent(read_files, loose)
    body_cost, body = spent(read_body, written)
    strip, _ = spent(strip_reply, body.new_text)
    named = {"limit": limit, "whole": whole, "tree": tree_cost, "files": files, "body": body_cost, "strip": strip}
    return named | {"rest": max(0.0, whole - tree_cost - files - body_cost - strip)}


def measured(raws: list[bytes], rounds: int) -> Figures:
    best: list[dict[str, float]] = [steps(raw) for raw in raws]
    for _ in range(rounds - 1):
        for known, raw in zip(best, raws, strict=True):
            for name, value in steps(raw).items():
                known[name] = min(known[name], value)
    found: Figures = {name: statistics.mean(each[name] for each in best) for name in best[0]}
    whole = sorted(each["whole"] for each in best)
    return found | {
        "letters": len(raws),
        "bytes": statistics.mean(map(len, raws)),
        "median": statistics.median(whole),
        "p95": whole[int(len(whole) * 0.95)],
        "slowest": whole[-1],
    }


NAMES = {
    "limit": "the limit: the interpreter's parser makes its tree",
    "whole": f"a letter read: parse, sanitise, text, strip (goal: {GOAL:g})",
    "tree": "of this: the tree, transfer encodings undone",
    "files": "files named and hashed",
    "body": "charsets, HTML sanitised, text, history marked",
    "strip": "what was typed apart from the rest",
    "rest": "headers, class, what servers say of the sender",
}


def text(found: Figures) -> str:
    rows = [(said, f"{found[name]:.2f}") for name, said in NAMES.items()]
    rows += [(f"a letter read, {name}", f"{found[name]:.2f}") for name in ("median", "p95", "slowest")]
    said = (
        f"{found['letters']} letters of {found['whose']}, {found['bytes'] / 1000:.0f} KB on average; {found['machine']}"
    )
    return f"{said}\n\n{table(('what', 'ms of processor time a letter'), rows)}"


def main() -> int:
    options = parser(__doc__ or "")
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--corpus", type=Path, help="a folder of raw letters")
    chosen = options.parse_args()
    whose, raws = letters(chosen.corpus)
    found = measured(raws, chosen.rounds) | {"whose": whose, "machine": machine()}
    tell(found, text, as_json=chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
