"""``make campaign-mail``: thousands of letters by three ways, while everything that takes them in is killed with -9.

Real processes: ``mailwatch``, ``maildoor``, two workers, and a web process for webhooks. Whoever is told nothing comes
again, as mail servers and providers do. The letters by IMAP lie there from the beginning, as after an outage. At last
each letter stands once in one ticket, whatever died on the way.
"""

import argparse
import os
import random
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MOST = 3600.0  # seconds


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--letters", type=int, default=10_000, help="by IMAP; a tenth as many by each other way")
    options.add_argument("--every", type=float, default=4.0, help="seconds between two kills")
    chosen = options.parse_args()
    from supportdesk import embedded

    with tempfile.TemporaryDirectory(prefix="campaign-mail-") as home:
        Path(home).chmod(0o755)
        running = embedded.start(Path(home))
        try:
            postgres, redis = running.services
            os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "SD_VAR": home}
            os.environ |= {"SECRET_KEY": "only-for-the-campaign-0123456789", "PULSE_TIME": "0", "LOG_LEVEL": "ERROR"}
            os.environ["DJANGO_SETTINGS_MODULE"] = "supportdesk.settings"
            return Campaign(chosen.letters, chosen.every).run()
        finally:
            running.stop()


class Part:
    """One of the desk's processes: killed at any moment, and started again at once."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.kills = 0
        self.process = self.begin()

    def begin(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, *self.words], cwd=ROOT, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1
        self.process = self.begin()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Campaign:
    """What was handed in, by whom, and what came of it."""

    def __init__(self, count: int, every: float) -> None:
        from supportdesk.processes import free_port

        self.count, self.few, self.every = count, max(1, count // 10), every
        self.door, self.web = free_port(), free_port()
        os.environ |= {"DOOR_PORT": str(self.door), "PUBLIC_URL": f"http://127.0.0.1:{self.web}"}
        self.repeats: Counter[str] = Counter()

    def run(self) -> int:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from tests.small_imap import SmallImap

        imap = SmallImap()
        hook = self.open_mailboxes(imap.port)
        for number in range(self.count):
            imap.add(letter("imap", number))
        parts = [
            Part("manage.py", "mailwatch"),
            Part("manage.py", "maildoor"),
            Part("manage.py", "work", "import"),
            Part("manage.py", "work", "import"),
            Part("-m", "uvicorn", "--port", str(self.web), "--log-level", "critical", "supportdesk.asgi:application"),
        ]
        began = time.monotonic()
        try:
            with ThreadPoolExecutor(8) as people:
                handing = [people.submit(self.by_smtp, number) for number in range(self.few)]
                handing += [people.submit(self.by_hook, hook, number) for number in range(self.few)]
                self.kill_until_done(parts, handing, began)
        finally:
            for part in parts:
                part.end()
            imap.stop()
        return self.tell(parts, time.monotonic() - began)

    def open_mailboxes(self, port: int) -> str:
        from tickets.actions.mailbox_sign_in import keep_credentials
        from tickets.actions.mailboxes import ensure_mailbox

        place = {"imap_host": "127.0.0.1", "imap_port": port, "imap_security": "plain", "acknowledges": False}
        ensure_mailbox(address="imap@lad.example", name="imap", password="right", **place)
        ensure_mailbox(address="smtp@lad.example", name="smtp", password="x", kind="smtp", acknowledges=False)
        box = ensure_mailbox(
            address="hook@lad.example", name="hook", password="x", kind="hook:mailgun", acknowledges=False
        )
        keep_credentials(mailbox=box, secret="a-key-of-the-provider")
        return f"http://127.0.0.1:{self.web}/hooks/{box.pk}/mime"

    def by_smtp(self, number: int) -> None:
        """Come again until 250 was said."""
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", self.door, timeout=60) as server:
                    server.sendmail("anna@mail.example", ["smtp@lad.example"], letter("smtp", number))
                return
            except (OSError, smtplib.SMTPException):
                self.repeats["smtp"] += 1
                time.sleep(random.uniform(0.2, 1.0))

    def by_hook(self, address: str, number: int) -> None:
        """Come again until 200 was said, each time with a new signature."""
        from tests.test_mail_hooks import mailgun

        while True:
            body, kind = mailgun(letter("hook", number))
            try:
                asked = urllib.request.Request(address, body, {"Content-Type": kind})
                with urllib.request.urlopen(asked, timeout=60):
                    return
            except (OSError, urllib.error.URLError):
                self.repeats["hook"] += 1
                time.sleep(random.uniform(0.2, 1.0))

    def kill_until_done(self, parts: list[Part], handing: list[Any], began: float) -> None:
        wanted = self.count + 2 * self.few
        while time.monotonic() - began < MOST:
            time.sleep(self.every)
            done = settled()
            print(f"{time.monotonic() - began:6.0f} s  {done} of {wanted} settled", file=sys.stderr, flush=True)
            if done >= wanted and all(each.done() for each in handing):
                return
            random.choice(parts).kill()
        raise SystemExit("It is not over after an hour.")

    def tell(self, parts: list[Part], took: float) -> int:
        from tickets.models import InboundLetter, Ticket

        states = Counter(InboundLetter.objects.values_list("state", flat=True))
        subjects = Counter(Ticket.objects.values_list("conversation__subject", flat=True))
        twice = [subject for subject, count in subjects.items() if count != 1]
        wanted = {f"{way} {number}" for way in ("imap",) for number in range(self.count)}
        wanted |= {f"{way} {number}" for way in ("smtp", "hook") for number in range(self.few)}
        lost = wanted - subjects.keys()
        kills = ", ".join(f"{' '.join(part.words[1:3])} {part.kills}" for part in parts)
        print(f"{len(wanted)} letters in {took:.0f} s; killed: {kills}; came again: {dict(self.repeats)}")
        print(f"states: {dict(states)}; tickets: {sum(subjects.values())}; lost: {len(lost)}; twice: {len(twice)}")
        return int(bool(lost or twice or states.get("applied") != len(wanted)))


def letter(way: str, number: int) -> bytes:
    """One letter of a sender of its own, so that nobody is taken for a flood."""
    heads = f"From: Anna <{way}{number}@mail.example>\r\nTo: {way}@lad.example\r\nSubject: {way} {number}\r\n"
    heads += f"Message-ID: <{way}.{number}@mail.example>\r\nDate: Mon, 23 Nov 2026 12:00:00 +0300\r\n"
    heads += 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    return f"{heads}Прошу продлить заём. {way} {number}\r\n".encode()


def settled() -> int:
    from django.db import connection

    from tickets.models import InboundLetter

    try:
        return InboundLetter.objects.exclude(state__in=["stored", "parsing", "parsed"]).count()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
