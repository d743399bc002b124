"""Starts the embedded services once, before Django reads its settings, and stops them at the end."""

import atexit
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def start_services() -> None:
    """Set the environment of a test run; ``SD_TEST_VAR`` keeps parallel runs of several people apart.

    Workers of a parallel run inherit the addresses from the process that started the services; each takes a Redis
    database of its own, as it takes a Postgres database of its own.
    """
    var = Path(os.environ.get("SD_TEST_VAR", ROOT / "var" / "test"))
    var.mkdir(parents=True, exist_ok=True)
    os.environ["SD_VAR"] = str(var)
    os.environ.setdefault("PULSE_TIME", "0")  # no process writes into a test's database by itself
    os.environ.setdefault("SECRET_KEY", "a-secret-for-tests-only-0123456789")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")
    if "DATABASE_URL" not in os.environ:
        _start_embedded(var)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        os.environ["REDIS_URL"] = _with_database(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)


def _start_embedded(var: Path) -> None:
    from supportdesk import embedded, messages

    messages.compile_catalogues()
    running = embedded.start(var, fast=True)
    atexit.register(running.stop)
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = (service.url for service in running.services)


def _with_database(url: str, number: int) -> str:
    return f"{url.partition('?')[0]}?db={number}" if url.startswith("unix:") else f"{url.rpartition('/')[0]}/{number}"
