"""A real mail server for tests: SMTP and IMAP in a process of its own, on free ports."""

import contextlib
import os
import re
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "help@lad.example"
PASSWORD = "a-password-for-mail"
START = "import asyncio, sys; import supportdesk.demo.mailserver as m; m.UID_VALIDITY = {}; asyncio.run(m.main())"


class MailServer:
    """Hands letters in by SMTP as the world does; ``left()`` are the letters that left the desk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.imap, self.smtp = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, uidvalidity: int = 1001) -> None:
        options = [
            "--folder",
            str(self.folder),
            "--mailbox",
            ADDRESS,
            "--imap",
            str(self.imap),
            "--smtp",
            str(self.smtp),
        ]
        self.process = subprocess.Popen(
            [sys.executable, "-c", START.format(uidvalidity), *options],
            env=os.environ | {"MAILBOX_PASSWORD": PASSWORD},
            stdout=subprocess.DEVNULL,
            stderr=(self.folder.parent / "mailserver.log").open("ab"),
        )
        for port in (self.imap, self.smtp):
            wait_for_port(port)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def deliver(self, letter: bytes | EmailMessage, *, sender: str = "anna@mail.example", to: str = ADDRESS) -> None:
        raw = letter if isinstance(letter, bytes) else letter.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=20) as server:
            server.sendmail(sender, [to], re.sub(rb"\r?\n", b"\r\n", raw))

    def left(self) -> list[Message]:
        files = sorted((self.folder / "world").glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=default) for path in files]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
