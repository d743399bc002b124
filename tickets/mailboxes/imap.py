"""Reading a mailbox by IMAP: raw letters by UID, without setting or reading a flag, and waiting by IDLE."""

import imaplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from tickets.mailboxes.errors import MailboxUnusable, SignInRefused, Unreachable
from tickets.mailboxes.passwords import decrypt
from tickets.models import Mailbox

TIMEOUT = 30  # seconds of silence on the socket
BATCH = 20
RAW_LIMIT = 60 * 1024 * 1024
NOT_NOW = ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]")  # a refusal that says nothing of name and password (RFC 5530)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

BROKEN = (OSError, imaplib.IMAP4.error, ImapToolsError, ssl.SSLError, EOFError)


@dataclass(frozen=True)
class Fetched:
    """A raw letter and its UID."""

    uid: int
    raw: bytes


class Folder:
    """One selected folder over one connection. Use as a context manager."""

    def __init__(self, mailbox: Mailbox, folder: str = "INBOX") -> None:
        self.name = folder
        self.box = connect(mailbox)
        self.uidvalidity = self._select()

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: Any) -> None:
        try:
            self.box.logout()
        except BROKEN:
            self.box.client.shutdown()

    def _select(self) -> int:
        try:
            self.box.folder.set(self.name, readonly=True)
            return int(self.box.folder.status(self.name, ["UIDVALIDITY"])["UIDVALIDITY"])
        except BROKEN as error:
            raise Unreachable(f"the folder {self.name} cannot be opened: {error}") from error

    def uids_after(self, uid: int) -> list[int]:
        """UIDs above ``uid``, in order. ``N:*`` always names the last letter too, hence the comparison."""
        try:
            status, data = self.box.client.uid("SEARCH", f"UID {uid + 1}:*")
        except BROKEN as error:
            raise Unreachable(str(error)) from error
        if status != "OK":
            raise Unreachable(f"SEARCH: {status}")
        return sorted(each for each in map(int, (data[0] or b"").split()) if each > uid)

    def letters(self, uids: list[int]) -> Iterator[Fetched]:
        """The raw letters in order of UID; BODY.PEEK leaves \\Seen as it was. One expunged meanwhile is left out."""
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            yield from sorted(self._fetch(batch), key=lambda letter: letter.uid)

    def _fetch(self, uids: list[int]) -> Iterator[Fetched]:
        try:
            status, data = self.box.client.uid("FETCH", ",".join(map(str, uids)), f"(UID BODY.PEEK[]<0.{RAW_LIMIT}>)")
        except BROKEN as error:
            raise Unreachable(str(error)) from error
        if status != "OK":
            raise Unreachable(f"FETCH: {status}")
        for number, item in enumerate(data):
            if isinstance(item, tuple):
                tail = data[number + 1] if number + 1 < len(data) and isinstance(data[number + 1], bytes) else b""
                uid = _uid(item[0]) or _uid(tail)
                if uid in uids:
                    yield Fetched(uid, item[1])

    def wait(self, seconds: float) -> bool:
        """Wait for news by IDLE; true when there may be some."""
        try:
            return bool(self.box.idle.wait(timeout=seconds))
        except BROKEN as error:
            raise Unreachable(str(error)) from error


def _uid(text: bytes) -> int:
    words = text.upper().replace(b"(", b" ").replace(b")", b" ").split()
    return int(words[words.index(b"UID") + 1]) if b"UID" in words[:-1] else 0


def connect(mailbox: Mailbox) -> BaseMailBox:
    """A signed-in connection. Clear text is spoken with this machine only, never as a fallback."""
    password = decrypt(mailbox.password_encrypted)
    try:
        box = _open(mailbox)
    except BROKEN as error:
        raise Unreachable(f"{mailbox.imap_host}:{mailbox.imap_port}: {error}") from error
    try:
        box.login(mailbox.username, password, initial_folder=None)
    except MailboxLoginError as error:
        said = str(error).replace(password, "…")[:200]
        raise (Unreachable if any(code in said.upper() for code in NOT_NOW) else SignInRefused)(said) from None
    except BROKEN as error:
        raise Unreachable(f"{mailbox.imap_host}:{mailbox.imap_port}: {error}") from error
    return box


def _open(mailbox: Mailbox) -> BaseMailBox:
    host, port = mailbox.imap_host, mailbox.imap_port
    if mailbox.imap_security == Mailbox.Security.PLAIN:
        refuse_clear_text(host)
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    kind = MailBoxStartTls if mailbox.imap_security == Mailbox.Security.STARTTLS else MailBox
    return kind(host, port, timeout=TIMEOUT, ssl_context=context)


def refuse_clear_text(host: str) -> None:
    if host not in LOOPBACK:
        raise MailboxUnusable(f"no encryption is set for {host}: allowed only for this machine itself")
