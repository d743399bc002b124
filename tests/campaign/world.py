"""Everything a fault and a round need to know: the desk, the crowd, the people, and the outbox's work."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from tests.campaign import checker, people
from tests.campaign.crowd import Crowd
from tests.campaign.desk import NAMES, CampaignDesk
from tests.campaign.ledger import Ledger, Message

R = TypeVar("R")
TALK_PAUSE = 0.7  # seconds between two short talks, each of which owes a score
LATE_JOBS = "select extract(epoch from max(done_at)) from tickets_job where done_at > created_at + interval '1 second'"
DONE_AFTER = "select count(*) from tickets_job where done_at is not null and created_at > to_timestamp(%s)"


class World:
    """One running desk with people in it."""

    def __init__(self, desk: CampaignDesk, rate: float) -> None:
        self.desk = desk
        self.rate = rate
        self.crowd: Crowd | None = None
        self.staff: people.Staff | None = None
        self.began = time.time()
        self.longest_stop = 60.0
        self.outage = 120.0  # seconds without Redis
        self.measured: float | None = None  # what a fault measured itself, in place of its recovery
        self.patience = 60.0  # seconds for everything to arrive at the end of a chapter
        self.post = desk.post
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="django")
        self._talks: asyncio.Task[None] | None = None

    @property
    def ledger(self) -> Ledger:
        assert self.crowd is not None
        return self.crowd.ledger

    @property
    def database(self) -> str:
        import os

        return os.environ["DATABASE_URL"]

    async def in_django(self, work: Callable[..., R], *arguments: Any) -> R:
        """Run in the one thread that has Django's connection, which is given up after a failure."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _with_connection, work, *arguments)

    async def open(self) -> None:
        await self.desk.start()
        import django

        django.setup()
        if self.desk.has_mail:
            await self.in_django(self.post.open_mailbox)
        self.staff = await self.in_django(people.hire, max(1, round(self.rate / 6)))
        if self.desk.has_mail:
            await self.in_django(people.go_on_line, self.staff)

    async def gather(self) -> Crowd:
        """A new crowd in new conversations, connected and writing."""
        assert self.staff is not None
        chats = await self.in_django(people.open_chats, max(2, round(self.rate / 2)), self.staff)
        self.crowd = Crowd(self.desk.proxy.port, chats, self.staff, self.rate)
        await self.crowd.is_here()
        self.crowd.begin()
        self._talks = asyncio.create_task(self._talk_forever())
        await asyncio.sleep(1)
        return self.crowd

    async def disperse(self, evidence: Path) -> list[checker.Problem]:
        """Let the crowd finish, compare everything, and send it home; returns what is wrong."""
        assert self.crowd is not None and self._talks is not None
        crowd, self.crowd = self.crowd, None
        self._talks.cancel()
        await crowd.end()
        await crowd.is_quiet(self.patience)
        problems = await asyncio.to_thread(checker.check_crowd, self.database, crowd)
        await crowd.leave()
        ids = [chat.id for chat in crowd.chats]
        await self.in_django(people.close_chats, ids)
        age = time.time() - self.began + 1
        problems += await asyncio.to_thread(checker.check_jobs, self.database, age, self.patience)
        if self.desk.has_mail:
            problems += await asyncio.to_thread(self.post.check, self.database)
        if problems:
            await asyncio.to_thread(checker.write_evidence, evidence, crowd, problems)
        return problems

    async def _talk_forever(self) -> None:
        for number in itertools.count():
            await asyncio.sleep(TALK_PAUSE)
            with contextlib.suppress(Exception):  # Postgres may be away: what was not closed owes nothing
                await self.in_django(people.short_talk, self.staff, number)

    async def is_recovered(self, parts: list[str]) -> bool:
        """Whether these parts serve again and nothing that was written waits longer than it should."""
        for name in parts:
            if name in NAMES:
                if not self.desk.is_running(name):
                    return False
            elif not await self.desk.is_up(name):
                return False
        return self.ledger.backlog_age < 1.0 and all(client.is_ready for client in self.crowd.clients)

    async def why_not(self, parts: list[str]) -> str:
        """What a recovery still waits for."""
        assert self.crowd is not None
        down = [name for name in parts if name not in NAMES and not await self.desk.is_up(name)]
        away = [client.account.name for client in self.crowd.clients if not client.is_ready]
        oldest = next(iter(self.ledger.open.values()), None)
        words = f"down {down}, away {away}, closes {dict(self.ledger.closes)}, backlog {self.ledger.backlog_age:.1f} s"
        return f"{words}: {self._where_is(oldest)}" if oldest else words

    def _where_is(self, message: Message) -> str:
        """What everybody knows of a message."""
        assert self.crowd is not None
        own = [client for client in self.crowd.clients if message.conversation in client.shown]
        places = [f"{client.account.name} at {len(client.shown[message.conversation])}" for client in own]
        pending = [client.account.name for client in own if message in client.pending]
        return f"{message}, unanswered at {pending}, readers {places}"

    async def works_again(self, since: float) -> bool:
        """Whether the outbox did something that was promised after a moment."""
        rows = await asyncio.to_thread(checker.query, self.database, DONE_AFTER, since)
        return bool(rows[0][0])

    async def peace(self, seconds: float) -> None:
        """Let the load go on without a fault."""
        await asyncio.sleep(seconds)

    async def forget_jobs(self) -> None:
        """What a seeded bug left undone is not the next one's."""

        def forget() -> None:
            from tickets.models import Job

            Job.objects.filter(done_at=None).delete()

        await self.in_django(forget)

    async def last_late_job(self) -> float:
        """When the last job that waited longer than a second was done; 0 for never."""
        rows = await asyncio.to_thread(checker.query, self.database, LATE_JOBS)
        return float(rows[0][0] or 0)

    async def close(self) -> None:
        if self._talks is not None:
            self._talks.cancel()
        if self.crowd is not None:
            await self.crowd.leave()
        self._thread.shutdown(wait=False, cancel_futures=True)
        await self.desk.stop()


def _with_connection(work: Callable[..., R], *arguments: Any) -> R:
    from django.db import connection

    try:
        return work(*arguments)
    except Exception:
        connection.close()
        raise
