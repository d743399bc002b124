"""The desk's own SMTP door: letters for its mailboxes and nobody else, taken when they are stored for good."""

import asyncio
import logging
import ssl
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from django.db import DatabaseError, InterfaceError, connection

from tickets.mailboxes.passwords import mail_key
from tickets.models import Mailbox
from tickets.rules.email.tokens import is_of, letter_of_bounce_address, read_reply_address

LARGEST = 60 * 1024 * 1024  # bytes of one letter, said in SIZE
SILENCE = 120.0  # seconds a client may say nothing
VISITORS = 50  # connections at once; the next one is asked to come again
SMTP.line_length_limit = 10**6  # real letters have longer lines than the standard allows
TROUBLE = (DatabaseError, InterfaceError, OSError)
LATER, STRANGER, PAUSED = "451 4.3.0 Not now, try again later", "550 5.1.1 No such mailbox", "450 4.2.1 Paused"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Brought:
    """A letter at the door: for which mailboxes, under which of their addresses, and by whom."""

    number: str
    raw: bytes
    sender: str
    mailboxes: list[Mailbox]
    recipients: dict[int, str]
    facts: dict[str, Any]


class Door:
    """What one conversation with a mail server may do. ``mailboxes`` and ``take`` speak with Postgres, in threads."""

    def __init__(self, *, mailboxes: Callable[[], list[Mailbox]], take: Callable[[Brought], object]) -> None:
        self.mailboxes = mailboxes
        self.take = take

    async def admit(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        try:
            mailbox = await asyncio.to_thread(self._mailbox_of, address)
        except TROUBLE as error:
            log.warning("the door: %s", type(error).__name__)
            return LATER
        if mailbox is None:
            return STRANGER
        if mailbox.is_paused:
            return PAUSED
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def take_in(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        try:
            number = await asyncio.to_thread(self._keep, session, envelope)
        except TROUBLE as error:
            log.error("the door: a letter could not be stored: %s", type(error).__name__)
            return LATER
        return f"250 OK {number}"

    def _mailbox_of(self, address: str) -> Mailbox | None:
        return self._asked(lambda: next((box for box in self.mailboxes() if is_for(address, box)), None))

    def _keep(self, session: Any, envelope: Envelope) -> str:
        return self._asked(lambda: self._stored(session, envelope))

    def _stored(self, session: Any, envelope: Envelope) -> str:
        wanted: dict[int, tuple[Mailbox, str]] = {}
        for address in envelope.rcpt_tos:
            for box in self.mailboxes():
                if is_for(address, box):
                    wanted.setdefault(box.pk, (box, address))
        brought = Brought(
            number=uuid.uuid4().hex,
            raw=envelope.original_content or b"",
            sender=envelope.mail_from or "",
            mailboxes=[box for box, _ in wanted.values()],
            recipients={pk: address for pk, (_, address) in wanted.items()},
            facts={
                "address": session.peer[0] if session.peer else "",
                "helo": str(session.host_name or "")[:255],
                "tls": session.ssl is not None,
            },
        )
        self.take(brought)
        return brought.number

    def _asked(self, question: Callable[[], Any]) -> Any:
        """Ask Postgres in this thread; a connection that failed is not kept for the next one who asks."""
        try:
            return question()
        finally:
            connection.close()


def is_for(address: str, mailbox: Mailbox) -> bool:
    """Whether it is the mailbox's own address, or one that we signed for it."""
    if address.strip().lower() == mailbox.address.lower():
        return True
    if not is_of(address, mailbox.address):
        return False
    key, own = mail_key(), mailbox.address
    is_reply = read_reply_address(address, key=key, address=own) is not None
    return is_reply or letter_of_bounce_address(address, key=key, address=own) is not None


def certificate(chain: str, key: str) -> ssl.SSLContext | None:
    """For STARTTLS; none where no certificate is set."""
    if not chain:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(chain), Path(key) if key else None)
    return context


async def serve(door: Door, *, host: str, port: int, context: ssl.SSLContext | None) -> asyncio.Server:
    """Open the door."""
    loop = asyncio.get_running_loop()
    open_now: set[SMTP] = set()

    def connection() -> asyncio.Protocol:
        return _Visit(open_now, door, context, loop)

    return await loop.create_server(connection, host, port)


class _Visit(SMTP):
    """One connection, counted."""

    def __init__(
        self, open_now: "set[SMTP]", door: Door, context: ssl.SSLContext | None, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(
            SimpleNamespace(handle_RCPT=door.admit, handle_DATA=door.take_in),  # aiosmtpd's names
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname="supportdesk",
            ident="supportdesk",
            tls_context=context,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            timeout=SILENCE,
            loop=loop,
        )
        self.open_now = open_now

    def connection_made(self, transport: Any) -> None:
        if len(self.open_now) >= VISITORS:
            transport.write(b"421 4.3.2 Too many connections, come again\r\n")
            transport.close()
            return
        self.open_now.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self in self.open_now:
            self.open_now.discard(self)
            super().connection_lost(error)
