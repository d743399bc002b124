"""Whether workers do something, as the supervisor sees it: their pulse, which is a row in Postgres."""

import asyncio
import contextlib
import socket
import time
from pathlib import Path

import psycopg2

from supportdesk import env, hasty
from supportdesk.desk.places import ROOT
from tickets.rules import workers

STARTING = 180.0  # seconds a process has for its first pulse, on a very busy machine
REDIS_BACK = 30.0  # seconds Redis has to be back before Celery is blamed for its silence
PULSES = """
select pid, works, extract(epoch from clock_timestamp() - beat_at)::float from tickets_worker
 where host = %s or works = 'clock'
"""


class Watch:
    """Asks the desk's own Postgres; while that is away, nobody is blamed."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self._redis_away_at = time.monotonic()
        self._asking = asyncio.Lock()

    async def trouble_of_worker(self, pid: int) -> str:
        """Why a process of ``manage.py work`` is stuck; empty when it is not, or nobody can tell."""
        rows = await self._pulses()
        if rows is None:
            return ""
        age = min((age for at, works, age in rows if at == pid and works != workers.CLOCK), default=None)
        return self._judged(pid, age, workers.STILL)

    async def trouble_of_clock(self, pid: int) -> str:
        """Why Celery's clock is stuck: one answer for its beat and its worker."""
        rows = await self._pulses()
        if rows is None or not await asyncio.to_thread(self._redis_is_back):
            return ""
        age = min((age for _, works, age in rows if works == workers.CLOCK), default=None)
        is_new = time.monotonic() - self._seen.setdefault(pid, time.monotonic()) < STARTING
        return "" if is_new else self._judged(pid, age, workers.CLOCK_STILL)

    def _judged(self, pid: int, age: float | None, still: float) -> str:
        uptime = time.monotonic() - self._seen.setdefault(pid, time.monotonic())
        if age is None:
            return f"no pulse in {uptime:.0f} s" if uptime > STARTING else ""
        return f"no pulse for {age:.0f} s" if age > still else ""

    async def _pulses(self) -> list[tuple[int, str, float]] | None:
        async with self._asking:
            return await asyncio.to_thread(_ask)

    def _redis_is_back(self) -> bool:
        """Whether Redis has answered for a while: before that, Celery could not have."""
        if not hasty.answers(_address("REDIS_URL")):
            self._redis_away_at = time.monotonic()
        return time.monotonic() - self._redis_away_at > REDIS_BACK


def _ask() -> list[tuple[int, str, float]] | None:
    try:
        opened = psycopg2.connect(_address("DATABASE_URL"), connect_timeout=2)
        with contextlib.closing(opened) as connection, connection.cursor() as cursor:
            cursor.execute("set statement_timeout = 2000")
            cursor.execute(PULSES, [socket.gethostname()])
            return list(cursor.fetchall())
    except psycopg2.Error:
        return None


def _address(name: str) -> str:
    """As the programs themselves read it: the environment, then what the desk wrote down."""
    return env.text(name) or env.services(Path(env.text("SD_VAR", str(ROOT / "var")))).get(name, "")
