"""What the desk prints: one stream of prefixed lines, and the block that says where to go."""

import os
import sys
from io import TextIOWrapper
from typing import Any, TextIO

COLOURS = {
    **{"web": 32, "worker": 33, "router": 33, "mailer": 35, "beat": 33},
    **{"mailwatch": 35, "maildoor": 35, "mailserver": 35, "lender": 36, "probe": 36, "desk": 1},
}
QUIET = 90
HUSHED = {"postgres", "redis"}  # their everyday talk goes to the file only
ALARMING = ("ERROR", "FATAL", "PANIC", "ended ", "still stopping")
EVERYDAY = ("is starting up", "is shutting down")
WIDTH = 10


class Lines:
    """Writes every program's lines to the terminal and, without colours, to a file."""

    def __init__(self, log: TextIOWrapper, terminal: TextIO | None = None) -> None:
        self.log = log
        self.terminal = terminal or sys.stdout
        self.in_colour = self.terminal.isatty() and "NO_COLOR" not in os.environ

    def say(self, name: str, line: str) -> None:
        plain = f"{name:<{WIDTH}} | {line}"
        print(plain, file=self.log, flush=True)
        if name in HUSHED and not is_alarming(line):
            return
        shown = f"\033[{COLOURS.get(name, QUIET)}m{name:<{WIDTH}}\033[0m | {line}" if self.in_colour else plain
        print(shown, file=self.terminal, flush=True)

    def show(self, text: str) -> None:
        """Text without a prefix, to be read as a whole."""
        print(text, file=self.log, flush=True)
        print(text, file=self.terminal, flush=True)


def is_alarming(line: str) -> bool:
    """Whether a database's line should be seen by whoever runs the desk."""
    return any(word in line for word in ALARMING) and not any(word in line for word in EVERYDAY)


def welcome(facts: dict[str, Any]) -> str:
    """Where everything is and how to get in, in words."""
    rule = "─" * 78
    rows = [f"Staff sign in at            {facts['desk']}"]
    rows += [f"  {person['role']:<11}{person['email']:<30}{person['password']}" for person in facts.get("staff", [])]
    if facts.get("lender"):
        rows += ["", f"Borrowers ask on the lender's demo site   {facts['lender']}"]
        rows += [f"  {person['name']:<26}{person['login']}" for person in facts["borrowers"]]
        rows += [
            "",
            f"Letters go to {facts['mailbox']} by SMTP {facts['smtp']}; the mailbox is read by IMAP {facts['imap']}",
        ]
        rows += [f"  IMAP users {facts['mailbox']} and world (all that leaves), password {facts['mailbox_password']}"]
    rows += ["", "Ctrl-C stops everything. These facts are also in var/demo.json."]
    return "\n".join(["", rule, "The desk runs.", "", *rows, rule, ""])
