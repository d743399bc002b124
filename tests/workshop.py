"""Workers of a test's own: real processes of ``manage.py work`` that know a few more kinds of jobs.

``python -m tests.workshop CLASS…`` is such a process. What a job does is written to its class's Suppression rows, so
that a second time would break a unique address.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120.0  # seconds, of a machine that does other things too
NOWHERE = "unix:///nowhere/redis.sock?db=0"
COMMAND = (sys.executable, "-m", "tests.workshop")


def environment(**more: str) -> dict[str, str]:
    """That of a worker on the test's own database."""
    from django.db import connection

    url = os.environ["DATABASE_URL"].replace("/supportdesk?", f"/{connection.settings_dict['NAME']}?")
    return {**os.environ, "DATABASE_URL": url, **more}


def worker(*words: str, **more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([*COMMAND, *words], cwd=ROOT, env=environment(**more))


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s until {what}"
        time.sleep(0.1)
    return found


def register() -> None:
    """The kinds: one leaves a row at once or after a while, the other never ends."""
    from tickets import jobs
    from tickets.models import Suppression

    def leave_a_row(job: Any) -> None:
        Suppression.objects.create(address=f"{job.key}@mail.example", reason=str(os.getpid()))

    def dawdle(job: Any) -> None:
        time.sleep(job.payload.get("seconds", 0))
        leave_a_row(job)

    for work in (jobs.SCORE, jobs.REPORT, jobs.MODEL):
        jobs.handler(f"row.{work}", work=work)(leave_a_row)
        jobs.outside_handler(f"slow.{work}", work=work)(dawdle)
        jobs.outside_handler(f"hang.{work}", work=work, seconds=jobs.TIME_LIMIT)(dawdle)


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tickets import jobs
    from tickets.management.commands import work

    jobs.TIME_LIMIT = float(os.environ.get("TIME_LIMIT", jobs.TIME_LIMIT))
    work.STOP_TIME = float(os.environ.get("STOP_TIME", work.STOP_TIME))
    register()
    call_command("work", *sys.argv[1:])


if __name__ == "__main__":
    main()
