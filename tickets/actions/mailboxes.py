"""Mailboxes: set up, and kept honest about their state."""

import random
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from supportdesk.realtime import failpoint
from tickets.actions.letters import store_letter
from tickets.mailboxes.errors import MailboxUnusable, MailError, SignInRefused, Unreachable
from tickets.mailboxes.imap import Folder
from tickets.mailboxes.passwords import encrypt
from tickets.models import FolderCursor, Mailbox

FIRST_PAUSE, LONGEST_PAUSE = 15, 900  # seconds
State = Mailbox.State


@transaction.atomic
def ensure_mailbox(*, address: str, name: str, password: str, username: str = "", **servers: Any) -> Mailbox:
    """Set a mailbox up or bring it up to date; ``servers``: imap_host, imap_port, imap_security, and smtp_ likewise."""
    values = servers | {"name": name, "username": username or address, "password_encrypted": encrypt(password)}
    fresh = {"state": State.OK, "failures": 0, "last_error": "", "next_attempt_at": timezone.now()}
    mailbox, _ = Mailbox.objects.update_or_create(address=address, defaults=values | fresh)
    return mailbox


def record_success(*, mailbox: Mailbox) -> None:
    """The mailbox was read: everything up to now is here."""
    now = timezone.now()
    fresh = {"state": State.OK, "failures": 0, "last_error": "", "last_success_at": now, "next_attempt_at": now}
    Mailbox.objects.filter(pk=mailbox.pk).exclude(state=State.DISABLED).update(**fresh)


@transaction.atomic
def record_trouble(*, mailbox: Mailbox, error: MailError | Exception) -> Mailbox:
    """Say what is wrong, and when it is tried again; a refused sign-in is not retried before a person looked."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    mailbox.failures += 1
    mailbox.last_error = f"{type(error).__name__}: {error}"[:300]
    mailbox.next_attempt_at = timezone.now() + timedelta(seconds=pause_after(mailbox.failures))
    if isinstance(error, SignInRefused | MailboxUnusable):
        mailbox.state = State.AUTH_ERROR
    elif isinstance(error, Unreachable):
        mailbox.state = State.UNREACHABLE
    else:
        mailbox.state = State.DEGRADED
    mailbox.save(update_fields=["failures", "last_error", "next_attempt_at", "state"])
    return mailbox


def pause_after(failures: int) -> float:
    """Seconds until the next try: 2 after a line that broke, then 15, 30 … 900, spread by a quarter."""
    if failures <= 1:
        return 2.0
    return float(min(FIRST_PAUSE * 2 ** min(failures - 2, 10), LONGEST_PAUSE) * random.uniform(0.75, 1.25))


@transaction.atomic
def cursor_of(*, mailbox: Mailbox, folder: str, uidvalidity: int) -> FolderCursor:
    """How far the folder was read. A new UIDVALIDITY starts over: what is stored already is recognised by content."""
    cursor, _ = FolderCursor.objects.select_for_update().get_or_create(
        mailbox=mailbox, folder=folder, defaults={"uidvalidity": uidvalidity}
    )
    if cursor.uidvalidity != uidvalidity:
        cursor.uidvalidity, cursor.last_uid = uidvalidity, 0
        cursor.save(update_fields=["uidvalidity", "last_uid"])
    return cursor


def advance_cursor(*, cursor: FolderCursor, uid: int) -> None:
    """Everything up to ``uid`` is stored; a cursor never goes back under the same UIDVALIDITY."""
    moved = FolderCursor.objects.filter(pk=cursor.pk, uidvalidity=cursor.uidvalidity, last_uid__lt=uid)
    moved.update(last_uid=uid)
    cursor.last_uid = max(cursor.last_uid, uid)


def import_new_letters(*, mailbox: Mailbox, folder: Folder) -> int:
    """Store what came since the last time; the cursor moves only past letters that are stored for good."""
    cursor = cursor_of(mailbox=mailbox, folder=folder.name, uidvalidity=folder.uidvalidity)
    count = 0
    for letter in folder.letters(folder.uids_after(cursor.last_uid)):
        key = f"imap:{folder.name}:{folder.uidvalidity}:{letter.uid}"
        failpoint("imap.fetched")
        store_letter(mailbox=mailbox, source_key=key, raw=letter.raw)
        failpoint("imap.stored")
        advance_cursor(cursor=cursor, uid=letter.uid)
        count += 1
    record_success(mailbox=mailbox)
    return count
