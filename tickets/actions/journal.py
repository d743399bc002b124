"""The journal's invariants: every file has its row, every row its file, and no letter waits for nobody."""

import zlib
from datetime import timedelta
from email import message_from_bytes
from email.policy import compat32
from email.utils import getaddresses

import zstandard
from django.db import transaction
from django.utils import timezone

from tickets.actions.letters import requeue_unread_letters, store_letter
from tickets.actions.letters_again import requeue_after_upgrade
from tickets.mailboxes.raw import digest, kept_letters, raw_letter
from tickets.models import JournalGap, Mailbox
from tickets.queries.mailboxes import contents_of_folder, fetched_or_handed_in

FOLDERS = 256
EACH_MINUTE = 5  # folders looked at, so that an hour sees all of them
PATIENCE = timedelta(hours=1)  # whoever handed a letter in tries again for longer than a crash lasts
HEADS = 64 * 1024  # bytes in which the recipients stand
RECIPIENTS = ("delivered-to", "x-original-to", "to", "cc")
Kind = JournalGap.Kind


def keep_journal() -> int:
    """What the clock does each minute; returns how many gaps were found in the folders whose turn it is."""
    requeue_unread_letters()
    requeue_after_upgrade()
    turn = int(timezone.now().timestamp() // 60) * EACH_MINUTE
    return sum(compare_folder(folder=(turn + number) % FOLDERS) for number in range(EACH_MINUTE))


def compare_folder(*, folder: int) -> int:
    """Files and rows of one folder beside each other; returns how many have no counterpart."""
    files = {kept.sha256: kept.age for kept in kept_letters(folder)}
    prefix = f"{folder:02x}"
    rows = contents_of_folder(prefix, before=timezone.now() - PATIENCE)
    old = {sha256 for sha256, age in files.items() if age > PATIENCE.total_seconds()}
    lost = {sha256 for sha256 in old - rows if not adopt(sha256=sha256)}
    _record(prefix, Kind.NO_ROW, lost)
    _record(prefix, Kind.NO_FILE, rows - files.keys())
    return len(lost) + len(rows - files.keys())


def adopt(*, sha256: str) -> bool:
    """Give a file its row, if it says whose letter it is; a newer row may have come meanwhile."""
    if contents_of_folder(sha256):
        return True
    try:
        raw = raw_letter(sha256)
    except (OSError, zstandard.ZstdError, zlib.error):
        return False
    mailbox = mailbox_named_in(raw) if digest(raw) == sha256 else None
    if mailbox is None:
        return False
    store_letter(mailbox=mailbox, source_key=f"file:{sha256}", raw=raw)
    return True


def mailbox_named_in(raw: bytes) -> Mailbox | None:
    """The mailbox among the letter's recipients; the only one there is, where the letter does not say."""
    boxes = fetched_or_handed_in()
    heads = message_from_bytes(raw[:HEADS].partition(b"\r\n\r\n")[0], policy=compat32)
    named = [str(value) for name in RECIPIENTS for value in heads.get_all(name, [])][:100]
    found = {_plain(address) for _, address in getaddresses(named)}
    ours = [box for box in boxes if box.address.lower() in found]
    return ours[0] if ours else boxes[0] if len(boxes) == 1 else None


def _plain(address: str) -> str:
    """Without the part after a plus, which carries our own signs."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


@transaction.atomic
def _record(prefix: str, kind: str, found: set[str]) -> None:
    JournalGap.objects.filter(sha256__startswith=prefix, kind=kind).exclude(sha256__in=found).delete()
    gaps = [JournalGap(sha256=sha256, kind=kind) for sha256 in sorted(found)]
    JournalGap.objects.bulk_create(gaps, ignore_conflicts=True)
