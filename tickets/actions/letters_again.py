"""Reading letters once more: when the reader has become better, or when somebody asks for it."""

from dataclasses import dataclass

from django.db import transaction

from tickets.actions.letters import facts_of, read_again
from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.raw import raw_letter
from tickets.mailboxes.reader import read_in_child
from tickets.models import InboundLetter
from tickets.queries.mailboxes import quarantined_by_older_reader
from tickets.rules.email import VERSION, Letter

AT_ONCE = 50  # letters of the quarantine given to a new reader in one sweep


@dataclass(frozen=True)
class Refreshed:
    """What became of one letter: read anew, promised to the worker, or still unreadable."""

    letter: InboundLetter
    outcome: str


def requeue_after_upgrade() -> int:
    """A new reader gets what the last one could not read."""
    letters = list(quarantined_by_older_reader(VERSION)[:AT_ONCE])
    for letter in letters:
        read_again(letter=letter, by=None)
    return len(letters)


def refresh_reading(*, letter: InboundLetter) -> Refreshed:
    """Read a letter with today's reader. What stands in a ticket stays as it is: only the journal learns.

    A letter in quarantine goes the whole way again, by its worker; one that is held stays held.
    """
    if letter.state == InboundLetter.State.QUARANTINED:
        return Refreshed(read_again(letter=letter, by=None), "promised")
    if not letter.is_settled:
        return Refreshed(letter, "waiting")
    try:
        reading = read_in_child(raw_letter(letter.sha256))
    except LetterUnreadable:
        return Refreshed(letter, "unreadable")
    return Refreshed(_record_anew(letter.pk, reading), "read")


@transaction.atomic
def _record_anew(letter_id: int, reading: Letter) -> InboundLetter:
    """Facts of the reading; what the desk itself found out about the letter is kept, and so are its ids."""
    letter = InboundLetter.objects.select_for_update().get(pk=letter_id)
    letter.parsed = letter.parsed | facts_of(reading)
    letter.parser_version = VERSION
    letter.save(update_fields=["parsed", "parser_version"])
    return letter
