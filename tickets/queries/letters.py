"""Reads for letters: who takes part in a ticket, which ids are known, what waits for a supervisor."""

import hashlib
from dataclasses import dataclass

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from tickets.models import InboundLetter, Mailbox, OutboundLetter, Ticket
from tickets.models.reasons import Reason
from tickets.rules.email import Letter
from tickets.rules.email.servers import Trust


def id_hash(message_id: str) -> str:
    """How a Message-ID is kept: short, and never mistaken for another by its spelling."""
    return hashlib.sha256(message_id.strip().encode()).hexdigest()


KNOWN = "select tickets_known_of_letter(%s, %s, %s, %s, %s, %s::text[], %s)"


@dataclass(frozen=True)
class Twin:
    """A letter with the same Message-ID that stands in a ticket; ``is_same``: with the same content too."""

    letter: int
    ticket: int
    entry: int | None
    is_same: bool


@dataclass(frozen=True)
class Recent:
    """A ticket of the sender that is a week old at most, or was written in since; ``is_new``: within the hour."""

    number: int
    subject: str
    is_new: bool


@dataclass(frozen=True)
class Known:
    """What the tables know of a letter before it is put anywhere; ``mailbox`` is the version of its mailbox's row.

    ``borrowers``: ids of those who have its sender's address on file, never a proof. ``recent``: newest first.
    """

    state: str
    ticket: int | None
    mailbox: str
    twin: Twin | None
    borrowers: list[str]
    recent: list[Recent]


def locked_and_known(letter: InboundLetter, reading: Letter) -> Known:
    """Lock the letter's row and ask all of it, in one statement."""
    address = reading.from_address
    addresses = sorted({address, address.lower()} if address else {letter.envelope_from} - {""})
    own = (letter.pk, letter.mailbox_id, letter.message_id, letter.fingerprint)
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, (*own, address, addresses, timezone.now()))
        found = orjson.loads(cursor.fetchone()[0])
    return Known(
        state=found["state"],
        ticket=found["ticket"],
        mailbox=found["mailbox"],
        twin=Twin(*found["twin"]) if found["twin"] else None,
        borrowers=found["borrowers"] or [],
        recent=[Recent(*each) for each in found["recent"] or []],
    )


_mailboxes: dict[int, tuple[str, Mailbox]] = {}  # with the versions of their rows


def mailbox_in_version(number: int, version: str) -> Mailbox:
    """A mailbox, read again only after its row has changed: every letter needs it."""
    kept = _mailboxes.get(number)
    if kept is None or kept[0] != version:
        kept = _mailboxes[number] = version, Mailbox.objects.get(pk=number)
    return kept[1]


def trust_of(mailbox: Mailbox) -> Trust:
    """Whose word about senders counts at a mailbox, and which domains nobody may imitate there."""
    own = mailbox.address.rpartition("@")[2]
    return Trust(
        authserv_ids=tuple(mailbox.authserv_ids),
        is_m365=mailbox.is_m365,
        arc_sealers=tuple(settings.MAIL_ARC_SEALERS),
        protected=(own, settings.MAIL_DOMAIN),
    )


def letters_to_look_at() -> QuerySet[InboundLetter]:
    """Letters that wait for a supervisor, newest first."""
    states = [InboundLetter.State.QUARANTINED, InboundLetter.State.HELD]
    waiting = InboundLetter.objects.filter(state__in=states)
    return waiting.select_related("mailbox", "ticket").order_by("-received_at")


def last_letter_of(ticket: Ticket, *, sender: str = "") -> InboundLetter | None:
    """The newest letter of those who take part, or of one of them: the one an answer replies to."""
    letters = InboundLetter.objects.filter(ticket=ticket).exclude(state=InboundLetter.State.DUPLICATE)
    newest = letters.select_related("mailbox", "entry__conversation").order_by("-pk")[:50]
    ours = (letter for letter in newest if not letter.parsed.get("is_stranger"))
    return next((letter for letter in ours if not sender or letter.sender.lower() == sender.lower()), None)


def references_of(ticket: Ticket) -> list[str]:
    """Message-IDs of the exchange in order: what came and what we sent."""
    came = InboundLetter.objects.filter(ticket=ticket).exclude(message_id="")
    sent = OutboundLetter.objects.filter(ticket=ticket).exclude(state=OutboundLetter.State.CANCELLED)
    moments = [(at, message_id) for at, message_id in came.values_list("received_at", "message_id")]
    moments += list(sent.values_list("queued_at", "message_id"))
    return [message_id for _, message_id in sorted(moments)]


def letters_of(ticket: Ticket) -> tuple[list[InboundLetter], list[OutboundLetter]]:
    """Everything that came and went by mail for a ticket."""
    came = InboundLetter.objects.filter(ticket=ticket).select_related("entry").order_by("pk")
    sent = OutboundLetter.objects.filter(ticket=ticket).select_related("entry").order_by("pk")
    return list(came), list(sent)


def mailboxes_by_state() -> list[Mailbox]:
    """All mailboxes, those in trouble first."""
    return sorted(Mailbox.objects.all(), key=lambda mailbox: (mailbox.state == Mailbox.State.OK, mailbox.address))


def active_mailboxes() -> list[Mailbox]:
    """The mailboxes to be watched."""
    return list(Mailbox.objects.exclude(state=Mailbox.State.DISABLED))


def addresses_of_mailboxes() -> list[str]:
    """Every address the desk itself reads."""
    return list(Mailbox.objects.values_list("address", flat=True))


def own_address() -> str | None:
    """Where borrowers may write letters; None while the desk reads no mailbox."""
    first = answering_mailboxes().order_by("pk").first()
    return first.address if first else None


def answering_mailboxes() -> QuerySet[Mailbox]:
    """Those that letters of borrowers come to and leave from."""
    return Mailbox.objects.filter(purpose=Mailbox.Purpose.SUPPORT).exclude(state=Mailbox.State.DISABLED)


def held_review_letters() -> QuerySet[InboundLetter]:
    """Letters about public reviews that a person has to read, newest first."""
    held = InboundLetter.objects.filter(state=InboundLetter.State.HELD, error=Reason.REVIEW_UNREAD)
    return held.select_related("mailbox").order_by("-received_at")
