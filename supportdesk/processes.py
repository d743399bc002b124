"""Small facts about processes: children that die with their parent, ports that are taken."""

import contextlib
import ctypes
import os
import pwd
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1
MOST_DESCRIPTORS = 65_536


def die_with_parent(stop: signal.Signals) -> Callable[[], None]:
    """What a child runs before its program, so that it gets ``stop`` even when we are killed with -9 (Linux only)."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    parent = os.getpid()

    def leash() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, stop.value)
            if os.getppid() != parent:  # it died before the leash was on
                os._exit(1)

    return leash


def as_user(name: str | None) -> dict[str, Any]:
    """How to start a child as another user, with none of our own rights; nothing when no user is named."""
    if name is None:
        return {}
    person = pwd.getpwnam(name)
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def allow_many_sockets() -> None:
    """Raise this process's own limit of open files, which is often 1,024, as far as the machine lets it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, MOST_DESCRIPTORS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def is_taken(port: int) -> bool:
    """Whether another program listens on this port of the machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a child and to everything it started in its session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
