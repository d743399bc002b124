"""What a server has, beside what the desk has: the difference is fetched, counted and shown."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tickets.actions.mailboxes import cursor_of, keep_fetched, source_key
from tickets.mailboxes.imap import Folder
from tickets.models import FolderCursor, Mailbox
from tickets.queries.mailboxes import known_source_keys

WINDOW = timedelta(days=14)  # letters the server has taken since then are compared
PERIOD = timedelta(hours=1)


@dataclass(frozen=True)
class Compared:
    """Letters on the server, those of them we did not have, and those that it still does not give."""

    there: int
    missed: int
    withheld: int


def is_time_to_reconcile(mailbox: Mailbox) -> bool:
    return mailbox.reconciled_at is None or mailbox.reconciled_at < timezone.now() - PERIOD


def reconcile(*, mailbox: Mailbox, folder: Folder) -> Compared:
    """Compare the last two weeks, and whatever was skipped before; fetch what is missing.

    Only letters behind the cursor count: what is before it is new, and comes by the next look.
    """
    cursor = cursor_of(mailbox=mailbox, folder=folder.name, uidvalidity=folder.uidvalidity)
    recent = folder.uids_since((timezone.now() - WINDOW).date())
    there = sorted({*(uid for uid in recent if uid <= cursor.last_uid), *folder.still_there(cursor.skipped)})
    names = {source_key(folder, uid): uid for uid in there}
    missed = sorted(names[name] for name in names.keys() - known_source_keys(mailbox, list(names)))
    got = set()
    for letter in folder.letters(missed):
        keep_fetched(mailbox=mailbox, folder=folder, letter=letter)
        got.add(letter.uid)
    withheld = folder.still_there(set(missed) - got)
    compared = Compared(len(there), len(got) + len(withheld), len(withheld))
    _record(mailbox, cursor, compared, withheld)
    folder.breaks.clear()  # what broke the line may be tried again, an hour from now
    return compared


@transaction.atomic
def _record(mailbox: Mailbox, cursor: FolderCursor, compared: Compared, withheld: list[int]) -> None:
    FolderCursor.objects.filter(pk=cursor.pk, uidvalidity=cursor.uidvalidity).update(skipped=withheld)
    facts = {"reconciled_count": compared.there, "missed_count": compared.missed}
    Mailbox.objects.filter(pk=mailbox.pk).update(reconciled_at=timezone.now(), **facts)
