"""Reading letters in a child process with limits on CPU time and memory; one child per worker, kept warm."""

import contextlib
import json
import os
import threading
from datetime import datetime
from typing import Any

from django.conf import settings

from tickets.mailboxes.child import read_frame, write_frame
from tickets.mailboxes.errors import LetterUnreadable
from tickets.mailboxes.nursery import Child, Nursery
from tickets.rules.email import Letter
from tickets.rules.email.attachments import File
from tickets.rules.email.auth import AuthFacts
from tickets.rules.email.dsn import BounceFacts
from tickets.rules.email.headers import Mailbox
from tickets.rules.email.servers import Stamp
from tickets.rules.masking import masked

LETTERS_PER_CHILD = 1000


class Reader:
    """One child and the pipe to it; a child that died is replaced for the next letter."""

    def __init__(self) -> None:
        self.milliseconds = 0.0  # of processor time for the last letter
        self.owner = os.getpid()
        self.lock = threading.Lock()
        self.child: Child | None = None
        self.read = 0

    def read_letter(self, raw: bytes) -> Letter:
        """Read one letter, or raise LetterUnreadable when the child died or took too long over it."""
        with self.lock:
            child = self._ready_child()
            try:
                letter, self.milliseconds = _exchange(child, raw)
                return letter
            except LetterUnreadable:
                self.stop()
                raise

    def _ready_child(self) -> Child:
        if self.child is None or self.child.poll() is not None or self.read >= LETTERS_PER_CHILD:
            self.stop()
            self.child = _start_child()
            self.read = 0
        self.read += 1
        return self.child

    def stop(self) -> None:
        """End the child; harmless when there is none."""
        if self.child is None:
            return
        self.child.kill()
        for stream in (self.child.stdin, self.child.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        self.child.wait()
        self.child = None


def _start_child() -> Child:
    """A reader out of this process's nursery, which is opened when it is first needed, or died, or grew old limits."""
    global _nursery
    if _nursery is not None and (_nursery.owner != os.getpid() or not _nursery.is_usable):
        if _nursery.owner == os.getpid():
            _nursery.close()
        _nursery = None
    _nursery = _nursery or Nursery()
    child = _nursery.child()
    child.line.settimeout(settings.MAIL_READ_TIME * 3)  # of silence: one that only sleeps has no limit of its own
    return child


def _exchange(child: Child, raw: bytes) -> tuple[Letter, float]:
    try:
        write_frame(child.stdin, raw)
        child.stdin.flush()
    except OSError:
        raise LetterUnreadable from None
    facts = json.loads(_frame(child))
    contents = [_frame(child) for _ in facts["attachments"]]
    milliseconds = facts.pop("milliseconds")
    return letter_of(facts, contents), milliseconds


def _frame(child: Child) -> bytes:
    try:
        data = read_frame(child.stdout)
    except (OSError, ValueError):
        data = None
    if data is None:
        raise LetterUnreadable
    return data


def letter_of(facts: dict[str, Any], contents: list[bytes]) -> Letter:
    """A letter from the child's answer."""
    files = [File(**file, content=content) for file, content in zip(facts["attachments"], contents, strict=True)]
    values = facts | {
        "attachments": tuple(files),
        "sent_at": datetime.fromisoformat(facts["sent_at"]) if facts["sent_at"] else None,
        "to": tuple(Mailbox(**box) for box in facts["to"]),
        "cc": tuple(Mailbox(**box) for box in facts["cc"]),
        "auth": auth_of(facts["auth"]),
        "bounce": bounce_of(facts["bounce"]),
    }
    for name in ("delivered_to", "in_reply_to", "references", "problems"):
        values[name] = tuple(facts[name])
    return Letter(**values)


def bounce_of(facts: dict[str, Any] | None) -> BounceFacts | None:
    if facts is None:
        return None
    return BounceFacts(**facts | {name: tuple(facts[name]) for name in ("recipients", "dead")})


def auth_of(facts: dict[str, Any]) -> AuthFacts:
    return AuthFacts(**facts | {"stamps": tuple(Stamp(**stamp) for stamp in facts["stamps"])})


_nursery: Nursery | None = None
_reader: Reader | None = None


def read_in_child(raw: bytes) -> Letter:
    """Read a letter in this process's own child, with the numbers of documents masked: they stay in the raw letter."""
    return masked(read_unmasked_in_child(raw))


def read_unmasked_in_child(raw: bytes) -> Letter:
    """The letter as it is, for whoever has given a reason; a forked worker starts a child of its own."""
    global _reader
    if _reader is None or _reader.owner != os.getpid():
        _reader = Reader()
    return _reader.read_letter(raw)
