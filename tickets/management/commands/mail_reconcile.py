"""``manage.py mail_reconcile``: compares what the servers have with what the desk has, now."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets.actions.mailbox_sign_in import open_folder
from tickets.actions.mailboxes import import_new_letters
from tickets.actions.reconciling import Compared, reconcile
from tickets.mailboxes.errors import MailError
from tickets.models import Mailbox
from tickets.queries.mailboxes import fetched_mailboxes


class Command(BaseCommand):
    help = "Fetch what is new, compare the last 14 days with each server, and fetch what had been missed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="", help="one address only")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, mailbox: str = "", **options: Any) -> None:
        boxes = [box for box in fetched_mailboxes() if mailbox.lower() in {"", box.address.lower()}]
        if not boxes:
            raise CommandError("There is no such mailbox that the desk fetches letters from.")
        failed = False
        for box in boxes:
            try:
                said = asdict(compare(box))
            except MailError as error:
                said, failed = {"error": f"{type(error).__name__}: {error}"}, True
            self.stdout.write(json.dumps({"mailbox": box.address, **said}) if options["json"] else in_words(box, said))
        if failed:
            raise CommandError("Not every mailbox could be compared.")


def compare(mailbox: Mailbox) -> Compared:
    with open_folder(mailbox=mailbox) as folder:
        import_new_letters(mailbox=mailbox, folder=folder)
        return reconcile(mailbox=mailbox, folder=folder)


def in_words(mailbox: Mailbox, said: dict[str, Any]) -> str:
    if "error" in said:
        return f"{mailbox.address}: {said['error']}"
    withheld = f", {said['withheld']} of them the server does not give" if said["withheld"] else ""
    return f"{mailbox.address}: {said['there']} letters of 14 days on the server, {said['missed']} missed{withheld}"
