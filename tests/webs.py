"""Web processes of a test's own, on the database of the test: they can be stopped, and their Redis can be killed."""

import os
import socket as sockets
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection as database

from supportdesk.desk import programs
from supportdesk.processes import free_port
from tests.sockets import Socket

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds, of a machine that does other things too
STARTING_TIME = 240.0  # seconds a web process may take to serve there: its imports alone need two of a processor


def until_it_listens(port: int, seconds: float = PATIENCE) -> None:
    """Wait until somebody answers on this port of the machine."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            sockets.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, f"nobody listens on port {port}"
            time.sleep(0.02)
        else:
            return


class Web:
    """One web process, on a free port unless one is named; ``wait`` until it serves."""

    def __init__(self, server: str, port: int = 0, **environment: str) -> None:
        self.port = port or free_port()
        url = os.environ["DATABASE_URL"].replace("/supportdesk?", f"/{database.settings_dict['NAME']}?")
        command = programs.server(server, programs.APPLICATION, port=self.port)
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url, **environment})

    def wait(self) -> None:
        deadline = time.monotonic() + STARTING_TIME
        while self.status("/livez") != 200:
            assert self.process.poll() is None, "it ended before it served"
            assert time.monotonic() < deadline, f"it does not serve after {STARTING_TIME:g} s"
            time.sleep(0.1)

    def status(self, path: str) -> int:
        """What a request is answered with; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def socket(self) -> Socket:
        return Socket(f"ws://127.0.0.1:{self.port}/ws/v1/", settings.PUBLIC_URL)

    def door(self, actor: Any) -> Callable[..., Socket]:
        """How this person connects here."""
        return door(actor, self.socket)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def door(actor: Any, open_socket: Callable[[], Socket]) -> Callable[..., Socket]:
    """Sockets of one session of this person: a new pass each time, greeted, following one conversation or none."""
    from identity import actions as identity
    from identity.models import User

    if isinstance(actor, User):
        session: Any = identity.open_staff_session(user=actor, key=uuid.uuid4().hex)
    else:
        session, _ = identity.open_borrower_session(borrower=actor)

    def connect(conversation: Any = None, after: int = 0) -> Socket:
        wanted = [] if conversation is None else [{"conversation": str(conversation), "after": after}]
        ticket = identity.issue_socket_ticket(session=session)
        socket = open_socket()
        try:
            socket.send("hello", ticket=ticket, client=str(uuid.uuid4()), subscriptions=wanted)
            socket.wait_for("welcome")
        except Exception:
            socket.close()
            raise
        return socket

    return connect
