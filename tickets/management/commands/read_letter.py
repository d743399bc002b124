"""``manage.py read_letter FILE…``: what the desk makes of raw letters, for whoever wants to know why. No database."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.reader import Reader
from tickets.rules.email import Letter, glance

UNREADABLE = "unreadable"  # the child that read it died, or took longer than it may
NO_FILE = "no_file"
KEYS = (
    *("from_name", "from_address", "to", "cc", "subject", "text", "reply_text", "html", "attachments", "class"),
    *("problems", "milliseconds"),
)
LISTS = {"to", "cc", "attachments", "problems"}


class Command(BaseCommand):
    help = "Read raw letters as the import does, in a child with limits, and say what is in them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a raw letter (.eml); - is the standard input")
        parser.add_argument("--json", action="store_true", help="one object a line and letter")

    def handle(self, *args: Any, files: list[str], **options: Any) -> None:
        reader = Reader()
        failed = 0
        try:
            for name in files:
                facts = _facts(reader, name)
                failed += NO_FILE in facts["problems"]
                self.stdout.write(json.dumps(facts) if options["json"] else _in_words(name, facts))
        finally:
            reader.stop()
        if failed:
            self.stderr.write(f"{failed} of {len(files)} files could not be opened")
            raise SystemExit(1)


def _facts(reader: Reader, name: str) -> dict[str, Any]:
    """One letter in the keys that are promised, whatever became of it."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError:
        return _nothing() | {"problems": [NO_FILE]}
    began = time.monotonic()
    try:
        letter = reader.read_letter(raw)
    except LetterUnreadable:
        seen = glance(raw)
        known = {"from_name": seen.from_name, "from_address": seen.from_address, "subject": seen.subject}
        spent = {"problems": [UNREADABLE], "milliseconds": round((time.monotonic() - began) * 1000, 2)}
        return _nothing() | known | spent
    return facts_of(letter) | {"milliseconds": reader.milliseconds}


def facts_of(letter: Letter) -> dict[str, Any]:
    return {
        "from_name": letter.from_name,
        "from_address": letter.from_address,
        "to": [{"name": box.name, "address": box.address} for box in letter.to],
        "cc": [{"name": box.name, "address": box.address} for box in letter.cc],
        "subject": letter.subject,
        "text": letter.text,
        "reply_text": letter.reply_text,
        "html": letter.html,
        "attachments": [
            {"name": file.name, "type": file.content_type, "size": file.size, "sha256": file.sha256}
            for file in letter.attachments
        ],
        "class": letter.letter_class,
        "problems": list(letter.problems),
    }


def _nothing() -> dict[str, Any]:
    return {key: [] if key in LISTS else "" for key in KEYS} | {"milliseconds": 0.0}


def _in_words(name: str, facts: dict[str, Any]) -> str:
    """For a person at a terminal; control characters that a letter smuggled in stay out of it."""
    boxes = {key: ", ".join(f"{box['name']} <{box['address']}>".strip() for box in facts[key]) for key in ("to", "cc")}
    lines = [
        f"== {name}",
        f"From:     {facts['from_name']} <{facts['from_address']}>",
        f"To:       {boxes['to']}",
        *([f"Cc:       {boxes['cc']}"] if boxes["cc"] else []),
        f"Subject:  {facts['subject']}",
        f"Class:    {facts['class'] or '-'}",
        f"Problems: {', '.join(facts['problems']) or 'none'}",
        f"Read in:  {facts['milliseconds']:g} ms",
        *(f"File:     {file['name']} ({file['type']}, {file['size']} bytes)" for file in facts["attachments"]),
        "",
        facts["reply_text"] or facts["text"] or "(no text)",
        *(["", f"({len(facts['text'])} characters with history and signature)"] if facts["text"] else []),
    ]
    return "".join(char for char in "\n".join(lines) if char.isprintable() or char == "\n") + "\n"
