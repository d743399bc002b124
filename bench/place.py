"""Services of a benchmark's own: Postgres (every commit durable) and Redis in a temporary directory, tables made."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Place:
    """Where a benchmark runs; ``postgres`` is a process id."""

    folder: Path
    database: str
    postgres: int

    def beside(self, name: str) -> str:
        """The address of another database of the same Postgres."""
        return self.database.replace("/supportdesk?", f"/{name}?")

    def create(self, name: str, template: str = "template1") -> str:
        import psycopg2

        connection = psycopg2.connect(self.beside("postgres"))
        connection.autocommit = True
        connection.cursor().execute(f"create database {name} template {template}")
        connection.close()
        return self.beside(name)


@contextmanager
def own_place() -> Iterator[Place]:
    """Start the services, set the environment, set Django up and migrate; stop everything at the end."""
    from supportdesk import embedded

    folder = Path(tempfile.mkdtemp(prefix="supportdesk-bench-"))
    folder.chmod(0o755)
    running = embedded.start(folder)
    try:
        postgres, redis = running.services
        os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "SD_VAR": str(folder)}
        os.environ |= {"SECRET_KEY": "only-for-the-benchmark-0123456789", "DJANGO_SETTINGS_MODULE": "bench.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _disconnect()
        pid = next(process.pid for service, process in running.processes if service.name == "postgres")
        yield Place(folder, postgres.url, pid)
        _disconnect()
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _disconnect() -> None:
    from django.db import connections

    connections.close_all()


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process, its threads and its children so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    total = sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICK
    for child in _children(pid):
        try:
            total += processor_time(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def _children(pid: int) -> list[int]:
    """Its children, whichever of its threads has started them."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text().split()]


def largest_memory(pid: int) -> tuple[int, int]:
    """Resident bytes of a process at its largest, and of the largest of what it has started."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    own = next((int(line.split()[1]) * 1024 for line in status if "VmHWM" in line), 0)
    below = [0]
    for child in _children(pid):
        try:
            below += largest_memory(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return own, max(below)


def memory(pid: int) -> int:
    """Resident bytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
