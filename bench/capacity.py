"""What one node carries besides sockets: ``python -m bench.capacity``.

Requests of the HTTP side of one web process, from several connections at once, and letters read by one worker. The
rates are the machine's and the neighbours'; the processor time of each is what to plan with: it hardly depends on them.
``--pooled`` asks once more through pgbouncer.
"""

import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Any

import httpx

from bench.place import ROOT, Place, own_place, processor_time, say
from bench.report import Figures, machine, parser, table, tell
from bench.servers import Server, serving

CLIENTS = 8
Ask = Callable[[httpx.Client], httpx.Response]


@dataclass
class Spent:
    """A rate, and the processor's milliseconds for one piece of work."""

    what: str
    done: int
    seconds: float
    own: float
    postgres: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    def row(self) -> list[str]:
        own, database = (1000 * each / self.done for each in (self.own, self.postgres))
        return [self.what, str(self.done), f"{self.rate:.0f}", f"{own:.1f}", f"{database:.1f}", f"{1000 / own:.0f}"]


def requests(place: Place, server: Server, what: str, ask: Ask, seconds: float) -> Spent:
    """Ask from several connections until the time is over."""
    over, counts = threading.Event(), [0] * CLIENTS

    def go_on(number: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.ports[0]}", timeout=60) as client:
            while not over.is_set():
                answer = ask(client)
                assert answer.status_code in (200, 201), f"{what}: {answer.status_code}"
                counts[number] += 1

    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(go_on, number) for number in range(CLIENTS)]
        time.sleep(1)  # past the start
        began, before = time.monotonic(), (sum(counts), server.processor_time, processor_time(place.postgres))
        time.sleep(seconds)
        took, after = time.monotonic() - began, (sum(counts), server.processor_time, processor_time(place.postgres))
        over.set()
        for each in running:
            each.result()
    done, own, database = (late - early for early, late in zip(before, after, strict=True))
    say(f"{what}: {done} in {took:.0f} s")
    return Spent(what, int(done), took, own, database)


def people() -> tuple[dict[str, str], dict[str, str], str]:
    """What a borrower and a supervisor send to be known, and the borrower's conversation of fifty messages."""
    from django.test import Client

    from bench.people import open_chats
    from chat import actions as chat
    from identity import actions as identity

    ((agent, chats),) = open_chats(1)
    borrower, conversation = chats[0]
    for number in range(50):
        chat.post_message(conversation=conversation, author=(borrower, agent)[number % 2], body=f"Строка {number}")
    _, secret = identity.open_borrower_session(borrower=borrower)
    boss = identity.create_staff(
        email=f"boss-{uuid.uuid4().hex[:6]}@bench.example",
        full_name="Ольга",
        display_name="Ольга",
        role="supervisor",
        password="тихая река у моста 41",
    )
    browser = Client()
    browser.force_login(boss)
    return (
        {"Authorization": f"Bearer {secret}"},
        {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"},
        str(conversation.pk),
    )


def http(place: Place, seconds: float, **environment: str) -> list[Spent]:
    borrower, staff, conversation = people()
    own = f"/api/v1/conversations/{conversation}"
    asks: list[tuple[str, Ask]] = [
        ("the widget's home", lambda client: client.get("/api/v1/home", headers=borrower)),
        ("a pass to a socket", lambda client: client.post("/api/v1/socket-tickets", headers=borrower)),
        ("fifty entries of a log", lambda client: client.get(f"{own}/entries?limit=50", headers=borrower)),
        ("the inbox of staff, a page", lambda client: client.get("/inbox/", headers=staff)),
    ]
    with serving("daphne", **environment) as server:
        return [requests(place, server, what, ask, seconds) for what, ask in asks]


def pooled(place: Place, seconds: float) -> list[Spent]:
    """The same requests through a pgbouncer, whose own time is not counted."""
    from tests.pool import Pool

    pool = Pool(place.folder / "pool")
    try:
        found = http(place, seconds, DATABASE_URL=pool.url("supportdesk"), POOLED="yes")
    finally:
        pool.end()
    return [replace(spent, what=f"{spent.what}, through pgbouncer") for spent in found]


def a_letter(number: int) -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"] = f"Анна <anna{number}@mail.example>", "help@bench.example"
    letter["Subject"], letter["Message-ID"] = "Вопрос о займе", f"<{uuid.uuid4()}@mail.example>"
    letter["Date"] = "Mon, 23 Nov 2026 12:00:00 +0300"
    letter.set_content(f"Здравствуйте! Как продлить заём до пятницы? Договор {number}.\n\n-- \nАнна")
    letter.add_alternative(f"<p>Здравствуйте! Как продлить заём до пятницы? Договор {number}.</p>", subtype="html")
    return letter.as_bytes()


def letters(place: Place, count: int) -> Spent:
    """So many stored letters, read by one worker process of the class; from its first letter to its last."""
    from tickets.actions.letters import store_letter
    from tickets.actions.mailboxes import ensure_mailbox
    from tickets.models import InboundLetter

    ends: dict[str, Any] = {f"{end}_host": "127.0.0.1" for end in ("imap", "smtp")}
    mailbox = ensure_mailbox(address="help@bench.example", name="bench", password="none", acknowledges=False, **ends)
    for number in range(count):
        store_letter(mailbox=mailbox, source_key=str(number), raw=a_letter(number))
    settled = InboundLetter.objects.filter(state=InboundLetter.State.APPLIED)
    worker = subprocess.Popen([sys.executable, "manage.py", "work", "import"], cwd=ROOT)
    try:
        while not (first := settled.count()):
            assert worker.poll() is None
            time.sleep(0.05)
        began, before = time.monotonic(), (processor_time(worker.pid), processor_time(place.postgres))
        while (done := settled.count()) < count:
            assert worker.poll() is None
            time.sleep(0.1)
        took, after = time.monotonic() - began, (processor_time(worker.pid), processor_time(place.postgres))
    finally:
        worker.kill()
        worker.wait()
    own, database = (late - early for early, late in zip(before, after, strict=True))
    return Spent("a letter read by one worker", done - first, took, own, database)


def text(figures: Figures) -> str:
    heads = ["what", "done", "a second", "processor ms each, own", "Postgres", "a second if one core were its own"]
    return f"{figures['machine']}\n\n{table(heads, figures['rows'])}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--seconds", type=float, default=10, help="of each kind of request")
    options.add_argument("--letters", type=int, default=200)
    options.add_argument("--pooled", action="store_true", help="ask through a pgbouncer too")
    chosen = options.parse_args()
    with own_place() as place:
        found = http(place, chosen.seconds)
        found += pooled(place, chosen.seconds) if chosen.pooled else []
        rows = [spent.row() for spent in (*found, letters(place, chosen.letters))]
    tell({"machine": machine(), "rows": rows}, text, as_json=chosen.json)


if __name__ == "__main__":
    main()
