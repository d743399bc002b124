"""Where readers of letters come from: a process that has everything loaded and forks one in a millisecond.

A letter that kills its reader costs little so: a new interpreter would take longer than reading fifty letters. The
nursery itself never sees a letter. It is asked over a socket, which carries one end of the new reader's own line.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import subprocess
import sys
from typing import IO, Any

from django.conf import settings

ASKED = b"a"


class Child:
    """A forked reader, with the part of Popen's face that its owner uses."""

    def __init__(self, line: socket.socket, pid: int) -> None:
        self.line = line
        self.news = select.poll()
        self.news.register(line, select.POLLIN)
        self.pid = pid
        self.stdin: IO[bytes] = line.makefile("wb")
        self.stdout: IO[bytes] = line.makefile("rb")

    def poll(self) -> int | None:
        """None while it lives: its end of the line is open."""
        if self.line.fileno() < 0:
            return 0
        try:
            return None if not self.news.poll(0) or self.line.recv(1, socket.MSG_PEEK) else 0
        except OSError:
            return 0

    def kill(self) -> None:
        """End it, unless it has ended: its number may be another process's by now."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> None:
        """The nursery buries it; here only the line is closed."""
        self.line.close()


class Nursery:
    """The process that forks readers, and the socket on which it is asked."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.asking, theirs = socket.socketpair()
        limits = [str(settings.MAIL_READ_TIME), str(settings.MAIL_READ_MEMORY)]
        self.limits = limits
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tickets.mailboxes.nursery", str(theirs.fileno()), *limits],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # a traceback would carry the letter's text into the log
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        theirs.close()

    @property
    def is_usable(self) -> bool:
        wanted = [str(settings.MAIL_READ_TIME), str(settings.MAIL_READ_MEMORY)]
        return self.process.poll() is None and self.limits == wanted

    def child(self) -> Child:
        """A new reader."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self.asking, [ASKED], [theirs.fileno()])
        theirs.close()
        told = self.asking.recv(8)
        if len(told) < 8:
            raise OSError("the nursery ended")
        return Child(ours, int.from_bytes(told, "big"))

    def close(self) -> None:
        """End the nursery; readers end when their lines are closed."""
        self.asking.close()
        self.process.kill()
        self.process.wait()


def main() -> None:
    """Load everything, then fork a reader for each line that comes."""
    from tickets.mailboxes.child import main as read_letters

    asked = socket.socket(fileno=int(sys.argv[1]))
    sys.argv = [sys.argv[0], *sys.argv[2:]]
    warm_up()
    gc.collect()
    gc.freeze()  # a reader that collected what it was born with would copy all of that
    while True:
        try:
            word, lines, _, _ = socket.recv_fds(asked, 1, 1)
        except OSError:
            return
        if not word or not lines:
            return
        _bury()
        child = os.fork()
        if child == 0:
            _become_reader(asked, lines[0], read_letters)
        os.close(lines[0])
        asked.send(child.to_bytes(8, "big"))


def _bury() -> None:
    """The readers that died: until now their numbers were nobody else's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def warm_up() -> None:
    """Read one letter whose charset has to be guessed: the model for that is the slowest part to load."""
    from tickets.rules.email import read_letter

    read_letter("Subject: Проверка\r\n\r\nПрошу продлить заём до пятницы.".encode("koi8-r"))


def _become_reader(asked: socket.socket, line: int, read_letters: Any) -> None:
    asked.close()
    os.dup2(line, 0)
    os.dup2(line, 1)
    os.close(line)
    try:
        read_letters()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
