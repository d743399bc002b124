"""A small IMAP server of our own for what a good one never does: it refuses, breaks off, falls silent, renumbers.

It speaks the real protocol over real sockets, as far as the desk asks: SEARCH, FETCH, IDLE, LOGIN, XOAUTH2, TLS.
"""

import base64
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MOSCOW = timezone(timedelta(hours=3))


class SmallImap:
    """One folder. What it does wrong is a set or a flag that a test fills."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.uidvalidity = 7
        self.letters: dict[int, tuple[bytes, datetime]] = {}
        self.refuses: set[int] = set()  # FETCH of these is answered with NO
        self.breaks: set[int] = set()  # FETCH of these ends the connection
        self.vanishes: set[int] = set()  # expunged between SEARCH and FETCH
        self.idles = True
        self.tells = True  # IDLE says that a letter came
        self.lines_granted = 15  # sign-ins beyond are refused while so many connections are open
        self.signed_in = 0
        self.is_deaf = False  # takes words and answers none, as a line that died behind a NAT
        self.password = "right"
        self.tokens: set[str] = set()
        self.cuts_after_login = False
        self.said: list[str] = []
        self.context = context
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.lines: list[socket.socket] = []
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def add(self, raw: bytes, *, uid: int = 0, arrived_at: datetime | None = None) -> int:
        uid = uid or max(self.letters, default=0) + 1
        self.letters[uid] = (raw, arrived_at or datetime.now(MOSCOW))
        return uid

    def cut(self) -> None:
        """End every connection."""
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self.lines.clear()

    def stop(self) -> None:
        self.server.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            self.lines.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError, ConnectionError, ValueError):
            if self.context is not None:
                line = self.context.wrap_socket(line, server_side=True)
                self.lines.append(line)
            talk = _Talk(self, line)
            try:
                talk.go_on()
            finally:
                self.signed_in -= talk.is_signed_in


class _Talk:
    def __init__(self, world: SmallImap, line: socket.socket) -> None:
        self.world = world
        self.line = line
        self.file = line.makefile("rb")
        self.is_signed_in = False

    def say(self, text: bytes | str) -> None:
        if not self.world.is_deaf:
            self.line.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def go_on(self) -> None:
        self.say("* OK ready")
        for said in self.file:
            tag, _, order = said.decode().strip().partition(" ")
            self.world.said.append(order)
            if self.answer(tag, order) is False:
                self.line.close()
                return

    def answer(self, tag: str, order: str) -> bool | None:
        word = order.upper().split()[0]
        if word == "UID":
            word = order.upper().split()[1]
        known = getattr(self, f"on_{word.lower()}", None)
        if known is None:
            self.say(f"{tag} BAD unknown")
            return None
        return known(tag, order)

    def on_capability(self, tag: str, order: str) -> None:
        self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2" + (" IDLE" if self.world.idles else ""))
        self.say(f"{tag} OK done")

    def on_login(self, tag: str, order: str) -> bool | None:
        if f'"{self.world.password}"' not in order:
            self.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
            return None
        if self.world.signed_in >= self.world.lines_granted:
            self.say(f"{tag} NO Too many simultaneous connections")
            return None
        self.is_signed_in = True
        self.world.signed_in += 1
        self.say(f"{tag} OK welcome")
        return not self.world.cuts_after_login

    def on_authenticate(self, tag: str, order: str) -> None:
        self.say("+ ")
        proof = base64.b64decode(self.file.readline().strip()).decode()
        token = re.search("auth=Bearer ([^\x01]+)\x01", proof)
        if token and token[1] in self.world.tokens:
            self.say(f"{tag} OK welcome")
            return
        self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
        self.file.readline()
        self.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials")

    def on_examine(self, tag: str, order: str) -> None:
        self.say(f"* {len(self.world.letters)} EXISTS")
        self.say(f"{tag} OK [READ-ONLY] done")

    def on_status(self, tag: str, order: str) -> None:
        self.say(f"* STATUS INBOX (UIDVALIDITY {self.world.uidvalidity})")
        self.say(f"{tag} OK done")

    def on_search(self, tag: str, order: str) -> None:
        found = [str(uid) for uid in sorted(self.world.letters) if self.matches(uid, order.split(None, 2)[2])]
        self.say("* SEARCH " + " ".join(found))
        self.say(f"{tag} OK done")

    def matches(self, uid: int, question: str) -> bool:
        if question.startswith("SINCE"):
            day, month, year = question.split()[1].split("-")
            since = datetime(int(year), MONTHS.index(month) + 1, int(day), tzinfo=MOSCOW)
            return self.world.letters[uid][1] >= since
        wanted = question.removeprefix("UID ")
        if wanted.endswith(":*"):
            return uid >= int(wanted[:-2]) or uid == max(self.world.letters)
        return uid in {int(each) for each in wanted.split(",")}

    def on_fetch(self, tag: str, order: str) -> bool | None:
        wanted = [int(each) for each in order.split()[2].split(",")]
        is_whole = "BODY" in order
        for uid in self.world.vanishes & set(wanted) if is_whole else ():
            self.world.letters.pop(uid, None)
        if is_whole and self.world.breaks & set(wanted):
            return False
        if is_whole and self.world.refuses & set(wanted):
            self.say(f"{tag} NO [SERVERBUG] this letter cannot be read")
            return None
        for number, uid in enumerate(wanted, 1):
            if uid in self.world.letters:
                self.say(self.line_of(number, uid, is_whole))
        self.say(f"{tag} OK done")
        return None

    def line_of(self, number: int, uid: int, is_whole: bool) -> bytes:
        raw, at = self.world.letters[uid]
        if not is_whole:
            return f"* {number} FETCH (UID {uid} RFC822.SIZE {len(raw)})".encode()
        date = f"{at.day:2}-{MONTHS[at.month - 1]}-{at.year} {at:%H:%M:%S %z}"
        head = f'* {number} FETCH (UID {uid} INTERNALDATE "{date}" BODY[]<0> {{{len(raw)}}}\r\n'
        return head.encode() + raw + b")"

    def on_idle(self, tag: str, order: str) -> None:
        self.say("+ idling")
        known = len(self.world.letters)
        self.line.settimeout(0.05)
        while True:
            try:
                said = self.line.recv(100).strip().upper()
                if said in {b"DONE", b""}:
                    self.world.said.append(said.decode())
                    break
            except TimeoutError:
                if self.world.tells and len(self.world.letters) != known:
                    known = len(self.world.letters)
                    self.say(f"* {known} EXISTS")
        self.line.settimeout(None)
        self.say(f"{tag} OK done")

    def on_noop(self, tag: str, order: str) -> None:
        self.say(f"{tag} OK done")

    def on_logout(self, tag: str, order: str) -> bool:
        self.say("* BYE")
        self.say(f"{tag} OK done")
        return False


@pytest.fixture
def small_imap() -> Iterator[SmallImap]:
    server = SmallImap()
    yield server
    server.stop()


@pytest.fixture
def small_mailbox(db: None, small_imap: SmallImap, settings: Any, tmp_path: Any) -> Any:
    """The desk's mailbox on the small server."""
    from tickets.actions.mailboxes import ensure_mailbox

    settings.MEDIA_ROOT = tmp_path / "media"
    return ensure_mailbox(
        address="help@lad.example",
        name="Лад: поддержка",
        password=small_imap.password,
        imap_host="127.0.0.1",
        imap_port=small_imap.port,
        imap_security="plain",
        smtp_host="127.0.0.1",
        smtp_port=1,
        smtp_security="plain",
    )
