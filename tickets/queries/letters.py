"""Reads for letters: who takes part in a ticket, which ids are known, what waits for a supervisor."""

import hashlib

from django.conf import settings
from django.db.models import QuerySet

from identity.models import Borrower
from tickets.models import InboundLetter, Mailbox, OutboundLetter, Ticket
from tickets.rules.email.servers import Trust


def id_hash(message_id: str) -> str:
    """How a Message-ID is kept: short, and never mistaken for another by its spelling."""
    return hashlib.sha256(message_id.strip().encode()).hexdigest()


def borrowers_by_address(address: str) -> list[str]:
    """Ids of borrowers who have this address on file: candidates, never a proof."""
    if not address:
        return []
    return [str(pk) for pk in Borrower.objects.filter(email__iexact=address).values_list("pk", flat=True)[:10]]


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
    first = Mailbox.objects.exclude(state=Mailbox.State.DISABLED).order_by("pk").first()
    return first.address if first else None
