"""Letters that somebody hands in: a provider's webhook, or a mail server at our door. Stored before they are taken."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from supportdesk.realtime import failpoint
from tickets.actions.letters import Envelope, store_letter
from tickets.actions.mailboxes import record_success
from tickets.mailboxes.hooks import HandedIn
from tickets.models import InboundLetter, Mailbox


def take_from_hook(*, mailbox: Mailbox, letters: Iterable[HandedIn]) -> list[InboundLetter]:
    """Store what a webhook brought; whoever answers it may say "taken" afterwards, and not before."""
    failpoint("hook.received")
    stored = [
        store_letter(
            mailbox=mailbox,
            source_key=f"{mailbox.kind}:{letter.number}"[:300],
            raw=letter.raw,
            envelope=Envelope(letter.sender, letter.recipient, facts=letter.facts | {"provider": mailbox.provider}),
        )
        for letter in letters
    ]
    record_success(mailbox=mailbox)
    failpoint("hook.stored")
    return stored


def take_from_door(
    *, mailboxes: Iterable[Mailbox], number: str, raw: bytes, sender: str, recipients: dict[int, str], **facts: Any
) -> list[InboundLetter]:
    """Store a letter once for each mailbox it was handed in for: all of them, or none."""
    failpoint("door.received")
    with transaction.atomic():
        stored = [
            store_letter(
                mailbox=mailbox,
                source_key=f"smtp:{number}",
                raw=raw,
                envelope=Envelope(sender, recipients[mailbox.pk], facts=facts),
            )
            for mailbox in mailboxes
        ]
    for mailbox in mailboxes:
        record_success(mailbox=mailbox)
    failpoint("door.stored")
    return stored
