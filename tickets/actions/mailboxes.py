"""Mailboxes: set up, read, and kept honest about their state."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from supportdesk.realtime import failpoint
from tickets.actions.letters import Envelope, store_letter
from tickets.mailboxes.errors import MailboxUnusable, MailError, SignInRefused, Unreachable
from tickets.mailboxes.imap import Fetched, Folder
from tickets.mailboxes.passwords import encrypt
from tickets.models import FolderCursor, Mailbox

FIRST_PAUSE, LONGEST_PAUSE = 15, 900  # seconds
SIGN_TIME = 10.0  # seconds between two signs of life while many letters come
State = Mailbox.State
FRESH = {"state": State.OK, "failures": 0, "last_error": ""}


@transaction.atomic
def ensure_mailbox(*, address: str, name: str, password: str, username: str = "", **servers: Any) -> Mailbox:
    """Set a mailbox up or bring it up to date; ``servers``: imap_host, imap_port, imap_security, and smtp_ likewise."""
    values = servers | {"name": name, "username": username or address, "password_encrypted": encrypt(password)}
    mailbox, _ = Mailbox.objects.update_or_create(
        address=address, defaults=values | FRESH | {"next_attempt_at": timezone.now()}
    )
    return mailbox


def record_success(*, mailbox: Mailbox) -> None:
    """The mailbox was read: everything up to now is here."""
    now = timezone.now()
    fresh = FRESH | {"last_success_at": now, "next_attempt_at": now}
    Mailbox.objects.filter(pk=mailbox.pk).exclude(state=State.DISABLED).update(**fresh)


def show_watch(*, mailbox: Mailbox, by: str) -> None:
    """The heartbeat of whoever holds the lease of a mailbox."""
    Mailbox.objects.filter(pk=mailbox.pk).update(watched_by=by[:120], watched_at=timezone.now())


@transaction.atomic
def record_trouble(*, mailbox: Mailbox, error: MailError | Exception) -> Mailbox:
    """Say what is wrong, and when it is tried again; a refused sign-in is not retried before a person looked."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    if mailbox.state == State.DISABLED:
        return mailbox
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
        cursor.uidvalidity, cursor.last_uid, cursor.skipped = uidvalidity, 0, []
        cursor.save(update_fields=["uidvalidity", "last_uid", "skipped"])
    return cursor


def advance_cursor(*, cursor: FolderCursor, uid: int) -> None:
    """Everything up to ``uid`` is stored; a cursor never goes back under the same UIDVALIDITY."""
    moved = FolderCursor.objects.filter(pk=cursor.pk, uidvalidity=cursor.uidvalidity, last_uid__lt=uid)
    moved.update(last_uid=uid)
    cursor.last_uid = max(cursor.last_uid, uid)


def import_new_letters(*, mailbox: Mailbox, folder: Folder, goes_on: Callable[[], bool] = lambda: True) -> int:
    """Store what came since the last time; the cursor moves only past letters that are stored for good.

    ``goes_on`` is asked every few seconds, so that a long import shows that it lives, and stops when told.
    """
    cursor = cursor_of(mailbox=mailbox, folder=folder.name, uidvalidity=folder.uidvalidity)
    wanted = folder.uids_after(cursor.last_uid)
    got, asked_at = set(), time.monotonic()
    for letter in folder.letters(wanted):
        keep_fetched(mailbox=mailbox, folder=folder, letter=letter)
        advance_cursor(cursor=cursor, uid=letter.uid)
        got.add(letter.uid)
        if time.monotonic() - asked_at > SIGN_TIME:
            asked_at = time.monotonic()
            record_success(mailbox=mailbox)
            if not goes_on():
                return len(got)
    if len(got) < len(wanted):
        skip(cursor=cursor, uids=folder.still_there(set(wanted) - got))
        advance_cursor(cursor=cursor, uid=wanted[-1])
    record_success(mailbox=mailbox)
    return len(got)


def keep_fetched(*, mailbox: Mailbox, folder: Folder, letter: Fetched) -> None:
    """One letter of a folder, for good."""
    failpoint("imap.fetched")
    envelope = Envelope(arrived_at=letter.arrived_at)
    store_letter(mailbox=mailbox, source_key=source_key(folder, letter.uid), raw=letter.raw, envelope=envelope)
    failpoint("imap.stored")


def source_key(folder: Folder, uid: int) -> str:
    """The one name of a letter of that folder."""
    return f"imap:{folder.name}:{folder.uidvalidity}:{uid}"


@transaction.atomic
def skip(*, cursor: FolderCursor, uids: list[int]) -> None:
    """Letters that the server names and does not give; the reconciliation asks for them again."""
    cursor = FolderCursor.objects.select_for_update().get(pk=cursor.pk)
    cursor.skipped = sorted({*cursor.skipped, *uids})
    cursor.save(update_fields=["skipped"])
