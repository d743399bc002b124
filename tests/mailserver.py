"""A real mail server for tests: the demo's SMTP and IMAP, on free ports."""

import asyncio
import contextlib
import re
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from supportdesk.demo import mailserver
from supportdesk.processes import free_port

ADDRESS = "help@lad.example"
PASSWORD = "a-password-for-mail"


class MailServer:
    """Hands letters in by SMTP as the world does; ``left()`` are the letters that left the desk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap, self.smtp = free_port(), free_port()
        self.thread: threading.Thread | None = None

    def start(self, uidvalidity: int = 1001) -> None:
        """Serve in a thread with a loop of its own; a restart keeps the letters and may name them anew."""
        mailserver.UID_VALIDITY = uidvalidity
        started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self.thread.start()
        assert started.wait(20)
        for port in (self.imap, self.smtp):
            wait_for_port(port)

    async def _serve(self, started: threading.Event) -> None:
        self.loop = asyncio.get_running_loop()
        self.serving = asyncio.ensure_future(
            mailserver.serve(self.folder, mailbox=ADDRESS, password=PASSWORD, imap=self.imap, smtp=self.smtp)
        )
        started.set()
        with contextlib.suppress(asyncio.CancelledError):
            await self.serving

    def stop(self) -> None:
        """Go away; whoever is connected is cut off."""
        if self.thread:
            self.loop.call_soon_threadsafe(self.serving.cancel)
            self.thread.join(20)
            self.thread = None

    def deliver(self, letter: bytes | EmailMessage, *, sender: str = "anna@mail.example", to: str = ADDRESS) -> None:
        raw = letter if isinstance(letter, bytes) else letter.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as server:
            server.sendmail(sender, [to], re.sub(rb"\r?\n", b"\r\n", raw))

    def left(self) -> list[Message]:
        return self.letters("world")

    def letters(self, account: str) -> list[Message]:
        """What came for an account, as it came."""
        files = sorted((self.folder / account).glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=default) for path in files]


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


def a_letter(
    text: str = "Здравствуйте! Не могу войти в кабинет.",
    *,
    subject: str = "Не могу войти",
    sender: str = "Анна Ковалёва <anna@mail.example>",
    message_id: str = "<first@mail.example>",
    **headers: str,
) -> EmailMessage:
    """A letter as a mail program writes it; further headers with underscores for hyphens."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = sender, ADDRESS, subject
    letter["Date"] = "Mon, 23 Nov 2026 12:00:00 +0300"
    if message_id:
        letter["Message-ID"] = message_id
    for name, value in headers.items():
        letter[name.replace("_", "-")] = value
    letter.set_content(text)
    return letter


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path / "mail")
    server.folder.mkdir()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def mailbox(db: None, mail_server: MailServer, settings: Any, tmp_path: Path) -> Any:
    """The desk's mailbox on that server; letters may not be taken back, so that they leave at once."""
    from tickets.actions.mailboxes import ensure_mailbox

    settings.MAIL_UNDO_TIME = 0
    settings.MEDIA_ROOT = tmp_path / "media"
    return ensure_mailbox(
        address=ADDRESS,
        name="Лад: поддержка",
        password=PASSWORD,
        imap_host="127.0.0.1",
        imap_port=mail_server.imap,
        imap_security="plain",
        smtp_host="127.0.0.1",
        smtp_port=mail_server.smtp,
        smtp_security="plain",
        acknowledges=False,
    )


@pytest.fixture
def fetch(mailbox: Any) -> Any:
    """``fetch()`` reads the mailbox once over IMAP and lets the worker do what is due; returns how many came."""
    from tickets.actions.mailboxes import import_new_letters
    from tickets.actions.outbox import run_due_jobs
    from tickets.mailboxes.imap import Folder

    def once() -> int:
        with Folder(mailbox) as folder:
            count = import_new_letters(mailbox=mailbox, folder=folder)
        run_due_jobs()
        return count

    return once
