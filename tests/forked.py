"""Part of a test in a process of its own that dies at a failpoint: forked, so that it costs milliseconds."""

import os
import signal
import sys
import time
from collections.abc import Callable

from django.db import connections

from supportdesk.realtime import failpoints


def dies_at(point: str, work: Callable[[], object]) -> None:
    """Do the work in a child that is killed with -9 as it passes the failpoint; fails when it never passes."""
    child = fork(point, work)
    assert ended(child) == -signal.SIGKILL, f"it did not pass {point}"


def fork(point: str, work: Callable[[], object]) -> int:
    """Begin the work in a child; its number."""
    child = os.fork()
    if child:
        return child
    try:
        for name in connections:
            connections[name].connection = None  # the socket is the parent's: neither used nor closed here
        failpoints._armed = failpoints._armed_by(f"{point}:kill") if point else None
        work()
    except BaseException as error:
        print(f"in the child: {type(error).__name__}: {error}", file=sys.stderr)
        os._exit(1)
    os._exit(0)


def ended(child: int, seconds: float = 60) -> int:
    """How a child ended: 0, its exit code, or minus the signal; one that takes too long is killed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    raise AssertionError("the child did not end in time")
