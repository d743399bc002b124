"""Requests take turns in a few threads that stay, so that many at once are neither many connections nor refused."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from supportdesk.seats import SeatedHandler, Seats

pytestmark = pytest.mark.django_db(transaction=True)
SEATS = 3
REQUESTS = 40


class Asked:
    """One request; its body may be kept back."""

    def __init__(self, application: Any, path: str, *, is_slow: bool = False) -> None:
        self.body_may_come = asyncio.Event()
        self.has_asked = asyncio.Event()
        self.status = 0
        if not is_slow:
            self.body_may_come.set()
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 80),
        }
        self.answered = asyncio.create_task(application(self.scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        if self.has_asked.is_set():
            await asyncio.sleep(60)  # it stays until it is answered
        self.has_asked.set()
        await self.body_may_come.wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)


def connections_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
        return int(cursor.fetchone()[0])


def test_many_requests_at_once_use_no_more_connections_than_there_are_seats() -> None:
    before = connections_open()

    async def ask() -> tuple[list[int], int]:
        application = SeatedHandler(SEATS)
        asked = [Asked(application, "/login/") for _ in range(REQUESTS)]
        await asyncio.gather(*(each.answered for each in asked))
        return [each.status for each in asked], await asyncio.to_thread(connections_open)

    statuses, after = asyncio.run(ask())
    assert statuses == [200] * REQUESTS
    assert after - before <= SEATS + 1  # and the one that counts


def test_whoever_sends_slowly_keeps_nobody_waiting() -> None:
    async def ask() -> list[int]:
        application = SeatedHandler(1)
        slow = Asked(application, "/login/", is_slow=True)
        await slow.has_asked.wait()
        quick = Asked(application, "/login/")
        await asyncio.wait_for(quick.answered, 30)
        slow.body_may_come.set()
        await asyncio.wait_for(slow.answered, 30)
        return [quick.status, slow.status]

    assert asyncio.run(ask()) == [200, 200]


def test_the_work_of_a_client_that_has_gone_keeps_nobody_waiting() -> None:
    may_end = threading.Event()

    async def ask() -> str:
        seats = Seats(2)

        async def work_long() -> None:
            async with seats.taken():
                await sync_to_async(may_end.wait)()

        gone = asyncio.create_task(work_long())
        await asyncio.sleep(0)  # it has its seat
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        async with asyncio.timeout(30), seats.taken():
            return str(await sync_to_async(lambda: "served")())

    try:
        assert asyncio.run(ask()) == "served"
    finally:
        may_end.set()


def test_when_too_many_wait_the_next_is_told_when_to_come_again_and_the_desk_still_says_that_it_lives() -> None:
    async def ask() -> list[int]:
        application = SeatedHandler(1, most_waiting=0)
        late, health = Asked(application, "/login/"), Asked(application, "/livez")
        await asyncio.gather(late.answered, health.answered)
        return [late.status, health.status]

    assert asyncio.run(ask()) == [503, 200]
