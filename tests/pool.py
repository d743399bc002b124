"""A real pgbouncer in front of the tests' own Postgres, giving connections out by transaction."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg2

from supportdesk import embedded
from supportdesk.processes import as_user, die_with_parent, free_port
from tests.webs import until_it_listens

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
WHY_NOT = "pgbouncer is not installed here (Debian: pgbouncer), so the desk was not tried through it"
SIZE = 3  # connections to Postgres, fewer than one web process would hold by itself
CONFIGURATION = """
[databases]
* = host={sockets} port=5432 user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {home}/users
admin_users = postgres
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 500
logfile = {home}/log
pidfile = {home}/pid
"""


class Pool:
    """pgbouncer on a port of its own."""

    def __init__(self, home: Path) -> None:
        primary = embedded.postgres(Path(os.environ["SD_VAR"]), fast=True)
        (sockets,) = parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"]
        self.port = free_port()
        home.mkdir(parents=True, exist_ok=True)
        (home / "users").write_text('"postgres" ""\n')
        (home / "pool.ini").write_text(CONFIGURATION.format(sockets=sockets, port=self.port, home=home, size=SIZE))
        person: dict[str, Any] = as_user(primary.user)
        for path in (home, *home.iterdir()) if person else ():
            os.chown(path, person["user"], person["group"])
        command = [str(PGBOUNCER), "-q", str(home / "pool.ini")]
        leash = die_with_parent(signal.SIGKILL)
        self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=home, preexec_fn=leash, **person)
        until_it_listens(self.port)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def show(self, what: str) -> list[tuple[Any, ...]]:
        """What the pool says of itself: ``servers``, ``clients``, ``stats``."""
        console = psycopg2.connect(self.url("pgbouncer"))
        console.autocommit = True
        try:
            with console.cursor() as cursor:
                cursor.execute(f"show {what}")
                return cursor.fetchall()
        finally:
            console.close()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
