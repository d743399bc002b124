"""Reading a mailbox by IMAP: raw letters by UID, without setting or reading a flag."""

import imaplib
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from tickets.mailboxes.credentials import access_token
from tickets.mailboxes.errors import MailboxUnusable, SignInRefused, Unreachable
from tickets.mailboxes.passwords import decrypt
from tickets.models import Mailbox

TIMEOUT = 30  # seconds of silence on the socket
BATCH, BATCH_SIZE = 20, 16 * 1024 * 1024  # letters and bytes asked for at once
LISTED = 500  # letters whose sizes are asked for at once
RAW_LIMIT = 60 * 1024 * 1024
TRIES = 3  # after so many broken lines a letter that was being fetched is left to the reconciliation
NOT_NOW = ("[UNAVAILABLE]", "[LIMIT]", "[INUSE]")  # a refusal that says nothing of name and password (RFC 5530)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}

imaplib._MAXLINE = 20_000_000  # type: ignore[attr-defined]  # a folder of a million letters is listed in one line

BROKEN = (OSError, imaplib.IMAP4.error, ImapToolsError, ssl.SSLError, EOFError)


@dataclass(frozen=True)
class Fetched:
    """A raw letter, its UID, and when its server took it."""

    uid: int
    raw: bytes
    arrived_at: datetime | None = None


class Folder:
    """One selected folder over one connection. Use as a context manager.

    ``breaks`` counts, over several connections, how often the line broke while a letter was being fetched.
    """

    def __init__(self, mailbox: Mailbox, folder: str = "", breaks: Counter[int] | None = None) -> None:
        self.name = folder or mailbox.folder
        self.breaks = Counter() if breaks is None else breaks
        self.box = connect(mailbox)
        self.uidvalidity = self._select()
        self.can_idle = self._knows(b"IDLE")

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: Any) -> None:
        try:
            self.box.logout()
        except BROKEN:
            self.drop()

    def drop(self) -> None:
        """End the connection without a word."""
        with suppress(*BROKEN):
            self.box.client.shutdown()

    def _select(self) -> int:
        try:
            self.box.folder.set(self.name, readonly=True)
            return int(self.box.folder.status(self.name, ["UIDVALIDITY"])["UIDVALIDITY"])
        except BROKEN as error:
            raise Unreachable(f"the folder {self.name} cannot be opened: {error}") from error

    def _knows(self, word: bytes) -> bool:
        return word in b" ".join(self._ask(self.box.client.capability)[1]).upper().split()

    @staticmethod
    def _ask(order: Callable[..., Any], *words: str) -> Any:
        try:
            return order(*words)
        except BROKEN as error:
            raise Unreachable(str(error)) from error

    def uids_after(self, uid: int) -> list[int]:
        """UIDs above ``uid``, in order. ``N:*`` always names the last letter too, hence the comparison.

        NOOP first: some servers show a connection that was silent nothing new before.
        """
        self._ask(self.box.client.noop)
        return [each for each in self._search(f"UID {uid + 1}:*") if each > uid]

    def uids_since(self, day: date) -> list[int]:
        """UIDs of the letters the server has taken since that day."""
        return self._search(f"SINCE {day.day}-{MONTHS[day.month - 1]}-{day.year}")

    def still_there(self, uids: Iterable[int]) -> list[int]:
        """Those of the UIDs that the server still names."""
        wanted = sorted(set(uids))
        parts = (wanted[start : start + LISTED] for start in range(0, len(wanted), LISTED))
        return [uid for part in parts for uid in self._search("UID " + ",".join(map(str, part)))]

    def _search(self, question: str) -> list[int]:
        status, data = self._ask(self.box.client.uid, "SEARCH", question)
        if status != "OK":
            raise Unreachable(f"SEARCH: {status}")
        return sorted(map(int, (data[0] or b"").split()))

    def letters(self, uids: list[int]) -> Iterator[Fetched]:
        """The raw letters in order of UID; BODY.PEEK leaves \\Seen as it was.

        One expunged meanwhile, refused by the server, or fatal to the line three times is left out: ``uids`` are in
        order, so whoever counts sees which.
        """
        for start in range(0, len(uids), LISTED):
            for batch in self._batches(uids[start : start + LISTED]):
                yield from sorted(self._fetch_patiently(batch), key=lambda letter: letter.uid)

    def _batches(self, uids: list[int]) -> Iterator[list[int]]:
        """Few enough letters at a time for this process's memory; one that broke the line before goes alone."""
        sizes, total = self._sizes(uids), 0
        batch: list[int] = []
        for uid in (each for each in uids if each in sizes and self.breaks[each] < TRIES):
            size = sizes[uid]
            if batch and (
                len(batch) == BATCH or total + size > BATCH_SIZE or self.breaks[uid] or self.breaks[batch[-1]]
            ):
                yield batch
                batch, total = [], 0
            batch.append(uid)
            total += size
        if batch:
            yield batch

    def _sizes(self, uids: list[int]) -> dict[int, int]:
        lines = self._fetch(uids, "(UID RFC822.SIZE)")
        found = (line[0] if isinstance(line, tuple) else line for line in lines if line)
        return {uid: _number(line, b"RFC822.SIZE") for line in found if (uid := _number(line, b"UID"))}

    def _fetch_patiently(self, uids: list[int]) -> list[Fetched]:
        """A batch, or, where the server refuses something in it, each letter by itself."""
        try:
            return list(self._fetched(uids))
        except Refused:
            return [letter for uid in uids for letter in self._fetch_alone(uid)] if len(uids) > 1 else []
        except Unreachable:
            self.breaks.update(uids)
            raise

    def _fetch_alone(self, uid: int) -> list[Fetched]:
        try:
            return list(self._fetched([uid]))
        except Refused:
            return []

    def _fetched(self, uids: list[int]) -> Iterator[Fetched]:
        data = self._fetch(uids, f"(UID INTERNALDATE BODY.PEEK[]<0.{RAW_LIMIT}>)")
        for number, item in enumerate(data):
            if isinstance(item, tuple):
                tail = data[number + 1] if number + 1 < len(data) and isinstance(data[number + 1], bytes) else b""
                uid = _number(item[0], b"UID") or _number(tail, b"UID")
                if uid in uids:
                    yield Fetched(uid, item[1], _moment(item[0]) or _moment(tail))

    def _fetch(self, uids: list[int], what: str) -> list[Any]:
        try:
            status, data = self.box.client.uid("FETCH", ",".join(map(str, uids)), what)
        except imaplib.IMAP4.abort as error:
            raise Unreachable(str(error)) from error
        except imaplib.IMAP4.error as error:  # BAD: the line is well, this letter is not
            raise Refused(str(error)) from error
        except BROKEN as error:
            raise Unreachable(str(error)) from error
        if status != "OK":
            raise Refused(f"FETCH: {status}")
        return list(data)


class Refused(Unreachable):
    """The server answers, and will not give this."""


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _number(text: bytes, name: bytes) -> int:
    words = text.upper().replace(b"(", b" ").replace(b")", b" ").split()
    return int(words[words.index(name) + 1]) if name in words[:-1] else 0


def _moment(text: bytes) -> datetime | None:
    found = imaplib.Internaldate2tuple(text)
    return datetime.fromtimestamp(time.mktime(found), UTC) if found else None


def connect(mailbox: Mailbox) -> BaseMailBox:
    """A signed-in connection. Clear text is spoken with this machine only, never as a fallback."""
    secret = decrypt(mailbox.password_encrypted) if mailbox.auth == Mailbox.Auth.PASSWORD else access_token(mailbox)
    box = open_connection(mailbox)
    try:
        _sign_in(box, mailbox, secret)
    except MailboxLoginError as error:
        said = str(error).replace(secret, "…")[:200]
        raise (Unreachable if any(code in said.upper() for code in NOT_NOW) else SignInRefused)(said) from None
    except BROKEN as error:
        raise Unreachable(f"{mailbox.imap_host}:{mailbox.imap_port}: {error}".replace(secret, "…")) from None
    return box


def _sign_in(box: BaseMailBox, mailbox: Mailbox, secret: str) -> None:
    box.client._encoding = "utf-8"  # type: ignore[attr-defined]  # names and passwords are not always ASCII
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        box.login(mailbox.username, secret, initial_folder=None)
        return
    proof = f"user={mailbox.username}\1auth=Bearer {secret}\1\1".encode()
    try:
        box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else proof)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise MailboxLoginError(("NO", [str(error).encode()]), "OK") from None


def open_connection(mailbox: Mailbox) -> BaseMailBox:
    """A connection that nobody has signed in on; its certificate is verified where it is encrypted."""
    try:
        return _open(mailbox)
    except BROKEN as error:
        raise Unreachable(f"{mailbox.imap_host}:{mailbox.imap_port}: {error}") from error


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
