"""Real letters with bytes changed at random, read one after another: ``python -m tests.mail_mutants --count 100000``.

Every mutant follows from the seed and its number, so that one can be made again (``--show NUMBER``). What was done is
kept in a file, and a run that was broken off goes on there. Reads are repeated now and then: the same bytes, the same
letter. Uses as many processes as told, all of them nice.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType

from tests.corpora import ABSENT, MAIL
from tickets.rules.email import read_letter

CHUNK = 250  # mutants between two notes of what was done
SIZE = 300_000  # bytes of the largest letter that is changed
SLOW = 2.0  # seconds of processor time
STOPPED = 20.0
AGAIN = 50  # every so many mutants one is read twice
TOKENS = (
    *(b"=?", b"?=", b"=?utf-8?B?", b"\0", b"\r", b"\n", b"\r\n\r\n", b"\x1b$B", b"\xff", b"\xd0", b"&#", b"<!--"),
    *(b"<div>", b"boundary=", b"multipart/mixed", b"message/rfc822", b"text/html", b"base64", b"charset=utf-7"),
    *(b'"', b";", b"<", b">", b"(", b"--", b"begin 644 a\n", b"filename*0*=", b"From:", b"> ", b"wrote:"),
    *("пишет:".encode(), b"\x78\x9f\x3e\x22"),
)


@dataclass
class Found:
    """What a run of mutants showed."""

    read: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_number: int = -1
    raised: list[str] = field(default_factory=list)
    slow: list[int] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)

    def add(self, other: "Found") -> None:
        self.read += other.read
        self.seconds += other.seconds
        if other.slowest > self.slowest:
            self.slowest, self.slowest_number = other.slowest, other.slowest_number
        self.raised += other.raised
        self.slow += other.slow
        self.unlike += other.unlike


class Stopped(Exception):
    pass


def originals() -> list[bytes]:
    """The letters that are changed: Zammad's, the broken ones, and those of the interpreter's own tests."""
    folders = [MAIL / "zammad", *sorted((MAIL / "broken").glob("*"))]
    with contextlib.suppress(ImportError):
        import test

        folders.append(Path(test.__file__).parent / "test_email" / "data")
    paths = [path for folder in folders for path in sorted(folder.glob("*")) if path.suffix in {".box", ".eml", ".txt"}]
    return [raw for path in paths if len(raw := path.read_bytes()) <= SIZE]


def mutant(letters: list[bytes], seed: int, number: int) -> bytes:
    """The letter of this number: one of the originals, changed one to eight times."""
    chance = random.Random(f"{seed}:{number}")
    raw = bytearray(chance.choice(letters))
    for _ in range(chance.randint(1, 8)):
        _change(raw, chance, letters)
    return bytes(raw)


def _change(raw: bytearray, chance: random.Random, letters: list[bytes]) -> None:
    place = chance.randrange(min(len(raw), 3000) + 1) if chance.random() < 0.5 else chance.randrange(len(raw) + 1)
    length = chance.choice((1, 1, 2, 8, 64, 512))
    match chance.randrange(8):
        case 0:
            raw[place : place + 1] = bytes([chance.randrange(256)])
        case 1:
            del raw[place : place + length]
        case 2:
            raw[place:place] = raw[place : place + length] * chance.choice((1, 2, 50))
        case 3:
            raw[place:place] = chance.randbytes(length)
        case 4:
            raw[place:place] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 3, 300))
        case 5:
            raw[place : place + length] = chance.choice(TOKENS)
        case 6:
            other = chance.choice(letters)
            start = chance.randrange(len(other) + 1)
            raw[place:place] = other[start : start + length * 4]
        case _:
            del raw[max(place, 20) :]


def run_chunk(task: tuple[int, int, int]) -> tuple[int, Found]:
    """Read the mutants of one chunk."""
    seed, first, count = task
    found = Found()
    for number in range(first, first + count):
        read_one(mutant(_letters, seed, number), number, found)
    return first, found


def read_one(raw: bytes, number: int, found: Found) -> None:
    """Read one mutant and note what there is to note."""
    signal.setitimer(signal.ITIMER_VIRTUAL, STOPPED)
    before = time.thread_time()
    try:
        letter = read_letter(raw)
        json.dumps(asdict(letter), default=str).encode()
        f"{letter.subject}{letter.text}{letter.html}{letter.from_name}".encode()
        if number % AGAIN == 0 and read_letter(raw) != letter:
            found.unlike.append(number)
    except Exception as error:
        found.raised.append(f"{number} {type(error).__name__}: {error}"[:200])
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    spent = time.thread_time() - before
    found.read += 1
    found.seconds += spent
    if spent > SLOW:
        found.slow.append(number)
    if spent > found.slowest:
        found.slowest, found.slowest_number = spent, number


_letters: list[bytes] = []


def prepare() -> None:
    """Of a process: the letters, manners, and an end to what hangs."""
    os.nice(10)
    _letters[:] = originals()
    signal.signal(signal.SIGVTALRM, _stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """Within, what hangs is ended."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def chunks(seed: int, count: int, done: set[int]) -> Iterator[tuple[int, int, int]]:
    for first in range(0, count, CHUNK):
        if first not in done:
            yield seed, first, min(CHUNK, count - first)


def run(*, seed: int, count: int, processes: int, state: Path | None) -> Found:
    """Read all mutants that are not done yet; what was done before counts."""
    total, done = Found(), set[int]()
    for line in state.read_text().splitlines() if state and state.exists() else []:
        kept = json.loads(line)
        if kept["seed"] == seed and kept["first"] < count:
            total.add(Found(**kept["found"]))
            done.add(kept["first"])
    with multiprocessing.Pool(processes, prepare) as pool:
        for first, found in pool.imap_unordered(run_chunk, chunks(seed, count, done)):
            total.add(found)
            if state:
                with state.open("a") as notes:
                    notes.write(json.dumps({"seed": seed, "first": first, "found": asdict(found)}) + "\n")
            print(f"\r{total.read} of {count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return total


def table(found: Found, seed: int) -> str:
    rows = [
        ("mutants read", found.read),
        ("seed", seed),
        ("exceptions", len(found.raised)),
        (f"letters over {SLOW:g} s of processor time", len(found.slow)),
        ("read twice and not the same", len(found.unlike)),
        ("mean, ms of processor time", f"{found.seconds / max(found.read, 1) * 1000:.2f}"),
        ("slowest, ms", f"{found.slowest * 1000:.0f} (number {found.slowest_number})"),
    ]
    lines = ["| what | figure |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]
    return "\n".join([*lines, *found.raised[:20]])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--state", type=Path, default=Path("var") / "mail-mutants.jsonl", help="what was done so far")
    parser.add_argument("--show", type=int, default=None, metavar="NUMBER", help="write that one and do nothing else")
    options = parser.parse_args()
    if not MAIL.is_dir():
        print(ABSENT, file=sys.stderr)
        return 2
    if options.show is not None:
        sys.stdout.buffer.write(mutant(originals(), options.seed, options.show))
        return 0
    options.state.parent.mkdir(parents=True, exist_ok=True)
    found = run(seed=options.seed, count=options.count, processes=options.processes, state=options.state)
    print(table(found, options.seed))
    return int(bool(found.raised or found.slow or found.unlike))


if __name__ == "__main__":
    sys.exit(main())
