"""Hearing of a letter as it comes: a connection of its own that waits in IDLE, beside the one that reads.

It may die, be refused or fall silent, and costs nothing but the news: who reads looks each minute anyway.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from tickets.mailboxes.errors import MailError, SignInRefused, Unreachable
from tickets.mailboxes.imap import BROKEN, Folder

RENEW_TIME = 9 * 60  # seconds of one IDLE: routers forget a silent line after ten minutes, servers after thirty
FIRST_PAUSE, LONGEST_PAUSE = 60, 900  # seconds until a line that broke is opened again

log = logging.getLogger(__name__)


class Listener:
    """One line in IDLE, opened when it is first needed. Use as a context manager.

    A refused sign-in is not repeated: the reading connection had it accepted, so the server may grant one line only;
    and where the password has changed, the reading connection will tell.
    """

    def __init__(self, opens: Callable[[], Folder]) -> None:
        self.opens = opens
        self.folder: Folder | None = None
        self.began_at = 0.0
        self.failures = 0
        self.open_at = 0.0

    def __enter__(self) -> "Listener":
        return self

    def __exit__(self, *_: Any) -> None:
        self._drop()

    def listen(self) -> None:
        """Be in IDLE: begin, renew it when it is nine minutes old, open the line anew when that is due."""
        now = time.monotonic()
        try:
            if self.folder is None and now >= self.open_at:
                self.folder = self.opens()
                self._begin()
            elif self.folder is not None and now - self.began_at >= RENEW_TIME:
                self._renew(self.folder)
        except MailError as error:
            self._fail(error)

    def wait(self, seconds: float) -> None:
        """Wait for news, or that long; without a line, that long."""
        if self.folder is None:
            time.sleep(seconds)
            return
        until = time.monotonic() + seconds
        try:
            news = self.folder.box.idle.poll(timeout=seconds)
            if not news and time.monotonic() < until:  # something came that says nothing: perhaps the end of the line
                self._renew(self.folder)
        except MailError as error:
            self._fail(error)
        except BROKEN as error:
            self._fail(Unreachable(str(error)))

    def _begin(self) -> None:
        assert self.folder is not None
        try:
            self.folder.box.idle.start()
        except BROKEN as error:
            raise Unreachable(str(error)) from error
        self.began_at, self.failures = time.monotonic(), 0

    def _renew(self, folder: Folder) -> None:
        try:
            folder.box.idle.stop()
        except BROKEN as error:
            raise Unreachable(str(error)) from error
        self._begin()

    def _fail(self, error: MailError) -> None:
        self._drop()
        pause = float(min(FIRST_PAUSE * 2 ** min(self.failures, 10), LONGEST_PAUSE))
        self.open_at = time.monotonic() + (float("inf") if isinstance(error, SignInRefused) else pause)
        self.failures += 1
        log.warning("no IDLE, only a look each minute: %s", type(error).__name__)

    def _drop(self) -> None:
        """End the line without a word: one that died would have us wait for the answer."""
        if self.folder is not None:
            self.folder.drop()
            self.folder = None
