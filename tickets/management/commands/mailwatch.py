"""``manage.py mailwatch``: reads every mailbox as letters come, one thread and one long connection each."""

import logging
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from tickets.actions.mailboxes import import_new_letters, record_trouble
from tickets.actions.operations import show_life
from tickets.mailboxes.errors import MailError
from tickets.mailboxes.imap import Folder
from tickets.management.direct import require_direct_connection
from tickets.models import Mailbox
from tickets.queries.letters import active_mailboxes

log = logging.getLogger(__name__)

POLL_TIME = 60  # seconds of IDLE before the folder is looked at anyway; renews IDLE long before the 29 minutes
LOOK_TIME = 5  # seconds between looks at the list of mailboxes
LEASE_CLASS = 0x6D61696C  # "mail": the advisory locks of this command


class Command(BaseCommand):
    help = "Watch the mailboxes and store every letter that comes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look into every mailbox once, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        require_direct_connection()
        if once:
            for mailbox in active_mailboxes():
                with Folder(mailbox) as folder:
                    count = import_new_letters(mailbox=mailbox, folder=folder)
                self.stdout.write(f"{mailbox.address}: {count} letters")
            return
        watchers: dict[int, Watcher] = {}
        while True:
            for mailbox in known_mailboxes():
                if mailbox.pk not in watchers or not watchers[mailbox.pk].is_alive():
                    watchers[mailbox.pk] = Watcher(mailbox)
                    watchers[mailbox.pk].start()
            threading.Event().wait(LOOK_TIME)


def known_mailboxes() -> list[Mailbox]:
    """All mailboxes; none for now while the database is away."""
    try:
        show_life(program="mailwatch")
        return active_mailboxes()
    except (DatabaseError, InterfaceError):
        log.warning("the database is away")
        connection.close()
        return []


class Watcher(threading.Thread):
    """One mailbox: waits for letters, and never for another mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(name=f"mailwatch-{mailbox.pk}", daemon=True)
        self.mailbox = mailbox
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.watch_while_leased()
            except (DatabaseError, InterfaceError) as error:
                log.warning("mailbox %s: the database is away: %s", self.mailbox.pk, type(error).__name__)
                connection.close()
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
        with Folder(self.mailbox) as folder:
            while not self.stopping.is_set():
                if count := import_new_letters(mailbox=self.mailbox, folder=folder):
                    log.info("mailbox %s: %s letters", self.mailbox.pk, count)
                folder.wait(POLL_TIME)
                self.mailbox.refresh_from_db()
                if self.mailbox.state == Mailbox.State.DISABLED:
                    return


def is_due(mailbox: Mailbox) -> bool:
    """A refused sign-in is not repeated before somebody changed the mailbox; other trouble when its pause is over."""
    if mailbox.state in {Mailbox.State.DISABLED, Mailbox.State.AUTH_ERROR}:
        return False
    return mailbox.next_attempt_at <= timezone.now()


@contextmanager
def lease(mailbox: Mailbox) -> Iterator[bool]:
    """The right to read this mailbox: held by one process at a time, and gone with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [LEASE_CLASS, mailbox.pk])
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held and connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [LEASE_CLASS, mailbox.pk])
