"""Showing numbers that stand masked in letters: read from the letters as they came, for a reason, recorded first."""

from identity.actions import record_audit
from identity.models import User
from identity.rules.pii import find_documents, mask_documents
from tickets.errors import Invalid
from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.raw import raw_letter
from tickets.mailboxes.reader import read_unmasked_in_child
from tickets.models import InboundLetter, Ticket

REASON = 5  # letters at least
LETTERS = 10


def unmask_letters(*, ticket: Ticket, by: User, reason: str, address: str | None = None) -> list[str]:
    """The numbers themselves, newest letter first. The journal has who, when, why and how many; never the numbers."""
    reason = mask_documents(" ".join(reason.split())[:200])
    if len(reason) < REASON:
        raise Invalid("reason_required")
    letters = InboundLetter.objects.filter(ticket=ticket, entry__isnull=False).order_by("-pk")[:LETTERS]
    record_audit(
        code="letter.unmasked",
        actor=by,
        object_kind="ticket",
        object_id=ticket.number,
        address=address,
        reason=reason,
        letters=[letter.pk for letter in letters],
    )
    return list(dict.fromkeys(number for letter in letters for number in _numbers(letter)))


def _numbers(letter: InboundLetter) -> list[str]:
    try:
        reading = read_unmasked_in_child(raw_letter(letter.sha256))
    except (LetterUnreadable, FileNotFoundError):
        return []
    texts = (reading.subject, reading.reply_text, reading.text)
    return [text[start:end] for text in texts for start, end in find_documents(text)]
