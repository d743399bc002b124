"""Letters on their way in: ``python -m bench.mail_import``.

Stores letters as the watch does, then lets one worker (``manage.py work import``) take them into tickets, and prints
what one costs in processor time, Postgres and the reader's child included, beside the pure parse of the same letters.
Rounds with one poison letter in a hundred, which kills its reader three times, are interleaved with rounds without. At
last the worker takes letters of 35 MB, and its memory is looked at. ``--corpus`` names a folder of raw letters.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bench.place import ROOT, Place, largest_memory, own_place, processor_time, say
from bench.report import table

LARGE, HUNDRED = 35 * 1024 * 1024, 100
POISON = 12 * 1024 * 1024
RAW_ENDINGS = {".eml", ".box", ".txt"}


@dataclass(frozen=True)
class Round:
    """So many letters taken in: seconds of the clock, and of the processors."""

    count: int
    took: float
    own: float
    database: float

    @property
    def cost(self) -> float:
        """Milliseconds of processor time a letter."""
        return 1000 * (self.own + self.database) / self.count


def main() -> int:
    from bench.report import parser

    options = parser(__doc__ or "")
    options.add_argument("--letters", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=10, help="half of them with poison")
    options.add_argument("--corpus", type=Path, help="a folder of raw letters; without it: letters of our own")
    chosen = options.parse_args()
    with own_place() as place:
        print(measured(place, chosen.letters, chosen.rounds, corpus(chosen.corpus)))
    return 0


def corpus(folder: Path | None) -> list[bytes]:
    """Raw letters to be varied, of the folder or of our own making: text, HTML, and one in ten with a file."""
    if folder is not None:
        return [path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in RAW_ENDINGS]
    return [made(number) for number in range(40)]


def made(number: int) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = "Анна <anna@mail.example>", "help@bench.example"
    letter["Subject"], letter["Date"] = "Вопрос о займе", "Mon, 23 Nov 2026 12:00:00 +0300"
    text = "Здравствуйте! Как продлить заём до пятницы? " * (1 + number % 7)
    quoted = "\n".join(f"> Строка прежнего письма {line}" for line in range(number))
    letter.set_content(f"{text}\n\n23.11.2026 10:00, Поддержка пишет:\n{quoted}\n\n-- \nАнна")
    letter.add_alternative(f"<p>{text}</p><blockquote>{quoted}</blockquote>", subtype="html")
    if number % 10 == 0:
        letter.add_attachment(os.urandom(120_000), maintype="application", subtype="pdf", filename="справка.pdf")
    return letter.as_bytes()


def varied(raw: bytes, number: int) -> bytes:
    """The same letter as if it were another: own ids, own sender, own words."""
    head, gap, body = raw.partition(b"\n\n")
    kept = b"\n".join(line for line in _unfolded(head) if not line.lower().startswith((b"message-id:", b"from:")))
    own = f"From: Anna {number} <anna{number}@mail.example>\nMessage-ID: <{number}.{time.time_ns()}@mail.example>\n"
    return own.encode() + kept + gap + body + f"\n{number}\n".encode()


def _unfolded(head: bytes) -> list[bytes]:
    lines: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b"\n" + line
        else:
            lines.append(line)
    return lines


def poison(number: int) -> bytes:
    """Kills its reader by asking for more memory than it may have (``worker`` sets the limit)."""
    heads = f"From: p{number}@mail.example\r\nSubject: poison\r\nMessage-ID: <p{number}@mail.example>\r\n\r\n"
    return heads.encode() + b"\0" * POISON


def measured(place: Place, count: int, rounds: int, raws: list[bytes]) -> str:
    from tickets.actions.mailboxes import ensure_mailbox

    ends: dict[str, Any] = {f"{end}_host": "127.0.0.1" for end in ("imap", "smtp")}
    if hasattr(__import__("tickets.models", fromlist=["Mailbox"]).Mailbox, "acknowledges"):
        ends["acknowledges"] = False
    mailbox = ensure_mailbox(address="help@bench.example", name="bench", password="none", **ends)
    pure = parsed(raws)
    each = count // rounds
    stored: list[Round] = []
    clean: list[Round] = []
    poisoned: list[Round] = []
    for turn in range(rounds):
        has_poison = bool(turn % 2)
        letters = [varied(raws[n % len(raws)], turn * each + n) for n in range(each)]
        for number in range(HUNDRED // 2, each if has_poison else 0, HUNDRED):
            letters.insert(number, poison(turn * each + number))
        stored.append(store(place, mailbox, letters))
        with worker(MAIL_READ_MEMORY=str(limit())) as process:
            found = drained(place, process)
        (poisoned if has_poison else clean).append(found)
        words = "with poison" if has_poison else "without"
        say(f"round {turn + 1} {words}: {found.count / found.took:.0f} a second, {found.cost:.1f} ms")
    return report(pure, stored, clean, poisoned, heavy(place, mailbox))


def limit() -> int:
    """Address space of a reader: what an idle one has, and what an ordinary letter needs."""
    from tickets.mailboxes.nursery import Nursery

    nursery = Nursery()
    child = nursery.child()
    status = Path(f"/proc/{child.pid}/status").read_text().splitlines()
    child.line.close()
    nursery.close()
    return int(next(line.split()[1] for line in status if "VmSize" in line)) * 1024 + POISON + 4 * 1024 * 1024


def parsed(raws: list[bytes]) -> float:
    """The limit: milliseconds of processor time of the parse alone, in this process."""
    from tickets.rules.email import read_letter

    for raw in raws:
        read_letter(raw)
    began = time.process_time()
    for number in range(500):
        read_letter(raws[number % len(raws)])
    return 1000 * (time.process_time() - began) / 500


def keep(mailbox: Any, key: str, raw: bytes) -> None:
    from tickets.actions.letters import store_letter

    store_letter(mailbox=mailbox, source_key=key, raw=raw)


def store(place: Place, mailbox: Any, raws: list[bytes]) -> Round:
    began, before = time.monotonic(), (time.process_time(), processor_time(place.postgres))
    for number, raw in enumerate(raws):
        keep(mailbox, f"imap:INBOX:{time.time_ns()}:{number}", raw)
    took = time.monotonic() - began
    return Round(len(raws), took, time.process_time() - before[0], processor_time(place.postgres) - before[1])


@contextmanager
def worker(**environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([sys.executable, "manage.py", "work", "import"], cwd=ROOT, env=os.environ | environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def drained(place: Place, process: "subprocess.Popen[bytes]") -> Round:
    """From the first letter to the last that can be read: neither the start of the worker nor the pauses between the
    attempts at the last poison letter are its work. They are waited for all the same."""
    left = unsettled(readable=True)
    while (now := unsettled(readable=True)) == left:
        assert process.poll() is None
        time.sleep(0.02)
    first, began = now, time.monotonic()
    before = (processor_time(process.pid), processor_time(place.postgres))
    while unsettled(readable=True):
        assert process.poll() is None
        time.sleep(0.25)
    took = time.monotonic() - began
    after = (processor_time(process.pid), processor_time(place.postgres))
    while unsettled():
        time.sleep(0.25)
    return Round(first, took, after[0] - before[0], after[1] - before[1])


def unsettled(*, readable: bool = False) -> int:
    from tickets.models import InboundLetter
    from tickets.queries.mailboxes import UNDER_WAY

    letters = InboundLetter.objects.filter(state__in=UNDER_WAY)
    return letters.filter(size__lt=POISON).count() if readable else letters.count()


def heavy(place: Place, mailbox: Any) -> tuple[int, int]:
    """Four letters of almost 35 MB; the largest that the worker and that its reader ever was, in bytes."""
    for number in range(4):
        letter = EmailMessage()
        letter["From"], letter["Subject"] = f"heavy{number}@mail.example", "Тяжёлое"
        letter.set_content("Во вложении.")
        content = os.urandom(int(LARGE * 0.72))
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename="большое.bin")
        keep(mailbox, f"heavy:{number}", letter.as_bytes())
    largest = (0, 0)
    with worker() as process:
        while unsettled():
            assert process.poll() is None
            now = largest_memory(process.pid)
            largest = (max(largest[0], now[0]), max(largest[1], now[1]))
            time.sleep(0.02)
    return largest


def report(
    pure: float, stored: list[Round], clean: list[Round], poisoned: list[Round], largest: tuple[int, int]
) -> str:
    def row(what: str, rounds: list[Round]) -> list[str]:
        def median(of: Callable[[Round], float], digits: int) -> str:
            return f"{statistics.median(map(of, rounds)):.{digits}f}"

        costs = (lambda each: each.own / each.count * 1000, lambda each: each.database / each.count * 1000)
        pace = median(lambda each: each.count / each.took, 0)
        total = str(sum(each.count for each in rounds))
        return [what, total, pace, *(median(of, 1) for of in costs), median(lambda each: each.cost, 1)]

    heads = ["what", "letters", "a second", "ms own", "ms Postgres", "ms together"]
    rows = [row("stored", stored), row("taken into tickets by one worker", clean)]
    if poisoned:
        rows.append(row("the same, one in a hundred poisonous", poisoned))
    lines = [table(heads, rows), "", f"The parse alone: {pure:.1f} ms a letter."]
    if poisoned:
        ways = ("clock", lambda each: each.took / each.count), ("processor time", lambda each: each.cost)
        for name, of in ways:
            loss = statistics.median(map(of, poisoned)) / statistics.median(map(of, clean)) - 1
            lines.append(f"Lost by poison, of {name}: {100 * loss:.1f} %.")
    worker_size, reader_size = (each / 2**20 for each in largest)
    lines.append(f"At most, with letters of 35 MB: the worker {worker_size:.0f} MB, its reader {reader_size:.0f} MB.")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
