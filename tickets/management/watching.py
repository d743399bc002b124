"""What ``mailwatch`` does for one mailbox: the lease, a look each minute, and IDLE beside it."""

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from tickets.actions.mailbox_sign_in import open_folder
from tickets.actions.mailboxes import import_new_letters, record_success, record_trouble, show_watch
from tickets.actions.reconciling import is_time_to_reconcile, reconcile
from tickets.mailboxes.errors import MailError
from tickets.mailboxes.listening import Listener
from tickets.models import Mailbox

log = logging.getLogger(__name__)

POLL_TIME = 60  # seconds without news before the folder is asked anyway
LOOK_TIME = 5  # seconds before a mailbox that another process reads is tried again
LEASE_CLASS = 0x6D61696C  # "mail": the advisory locks of this command
ME = f"{socket.gethostname()} {os.getpid()}"
SERVER = ("kind", "imap_host", "imap_port", "imap_security", "folder", "username", "auth", "password_encrypted")


class Watcher(threading.Thread):
    """One mailbox: waits for letters, and never for another mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(name=f"mailwatch-{mailbox.pk}", daemon=True)
        self.mailbox = mailbox
        self.breaks: Counter[int] = Counter()
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.watch_while_leased()
            except (DatabaseError, InterfaceError) as error:
                log.warning("mailbox %s: the database is away: %s", self.mailbox.pk, type(error).__name__)
                connection.close()
            except Mailbox.DoesNotExist:
                break
            self.stopping.wait(1)
        connection.close()

    def watch_while_leased(self) -> None:
        """Watch if no other process does, and if it is time to try."""
        self.mailbox.refresh_from_db()
        if not is_due(self.mailbox):
            return
        with lease(self.mailbox) as is_held:
            if not is_held:
                self.stopping.wait(LOOK_TIME)
                return
            try:
                self.watch()
            except MailError as error:
                trouble = record_trouble(mailbox=self.mailbox, error=error)
                log.warning("mailbox %s: %s %s", self.mailbox.pk, trouble.state, type(error).__name__)

    def watch(self) -> None:
        """A look at least each minute over one connection, for as long as it holds; IDLE over another says when sooner.

        IDLE begins before the look, so that no letter falls between them.
        """
        began = self.mailbox
        with (
            open_folder(mailbox=began, breaks=self.breaks) as folder,
            Listener(lambda: open_folder(mailbox=self.mailbox)) as listener,
        ):
            while self.goes_on() and self.is_same(began):
                if folder.can_idle:
                    listener.listen()
                if count := import_new_letters(mailbox=self.mailbox, folder=folder, goes_on=self.goes_on):
                    log.info("mailbox %s: %s letters", self.mailbox.pk, count)
                if is_time_to_reconcile(self.mailbox):
                    compared = reconcile(mailbox=self.mailbox, folder=folder)
                    record_success(mailbox=self.mailbox)
                    if compared.missed:
                        log.error("mailbox %s: %s letters had been missed", self.mailbox.pk, compared.missed)
                listener.wait(POLL_TIME)

    def goes_on(self) -> bool:
        """A sign of life; false when the lease is lost, somebody paused the mailbox, or this process stops."""
        if self.stopping.is_set() or not holds_lease(self.mailbox):
            return False
        show_watch(mailbox=self.mailbox, by=ME)
        self.mailbox = Mailbox.objects.get(pk=self.mailbox.pk)
        return not self.mailbox.is_paused

    def is_same(self, began: Mailbox) -> bool:
        """Whether the connection still is the one that the settings describe."""
        return all(getattr(began, name) == getattr(self.mailbox, name) for name in SERVER)


def is_due(mailbox: Mailbox) -> bool:
    """A refused sign-in is not repeated before somebody changed the mailbox; other trouble when its pause is over."""
    if not mailbox.is_fetched or mailbox.state in {Mailbox.State.DISABLED, Mailbox.State.AUTH_ERROR}:
        return False
    return mailbox.next_attempt_at <= timezone.now()


@contextmanager
def lease(mailbox: Mailbox) -> Iterator[bool]:
    """The right to read this mailbox: held by one process at a time, and gone with its connection to Postgres."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [LEASE_CLASS, mailbox.pk])
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [LEASE_CLASS, mailbox.pk])


def holds_lease(mailbox: Mailbox) -> bool:
    """Whether this very connection still holds it; a new one after a break does not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from pg_locks where locktype = 'advisory' and classid = %s and objid = %s"
            " and objsubid = 2 and pid = pg_backend_pid() and granted)",
            [LEASE_CLASS, mailbox.pk],
        )
        return bool(cursor.fetchone()[0])
