"""``manage.py mailwatch``: reads every mailbox as letters come, one thread each."""

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from tickets.actions.mailbox_sign_in import open_folder
from tickets.actions.mailboxes import import_new_letters
from tickets.actions.operations import show_life
from tickets.management.direct import require_direct_connection
from tickets.management.watching import Watcher
from tickets.models import Mailbox
from tickets.queries.mailboxes import fetched_mailboxes

log = logging.getLogger(__name__)

LOOK_TIME = 5  # seconds between looks at the list of mailboxes


class Command(BaseCommand):
    help = "Watch the mailboxes and store every letter that comes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look into every mailbox once, then stop")

    def handle(self, *args: Any, once: bool = False, **options: Any) -> None:
        require_direct_connection()
        if once:
            for mailbox in fetched_mailboxes():
                with open_folder(mailbox=mailbox) as folder:
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
        return fetched_mailboxes()
    except (DatabaseError, InterfaceError):
        log.warning("the database is away")
        connection.close()
        return []
