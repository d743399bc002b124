"""Requests give their database connections back, and the writer of the sockets takes a new one for a dead one."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.db import InterfaceError, connection

from supportdesk.realtime import GroupCommit

pytestmark = pytest.mark.django_db(transaction=True)
REQUESTS = 12


@pytest.fixture
def without_collection() -> Iterator[None]:
    """What only the garbage collector closes stays open, and is seen."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


async def ask(application: Any) -> int:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/readyz",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
    communicator = ApplicationCommunicator(application, scope)
    await communicator.send_input({"type": "http.request", "body": b"", "more_body": False})
    started = await communicator.receive_output(20)
    await communicator.receive_output(20)
    await communicator.wait(20)
    return int(started["status"])


async def ask_often() -> list[int]:
    application = get_asgi_application()
    return [await ask(application) for _ in range(REQUESTS)]


def connections_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_activity where datname = current_database()")
        return int(cursor.fetchone()[0])


def test_a_request_leaves_no_connection_behind(without_collection: None) -> None:
    before = connections_open()
    assert asyncio.run(ask_often()) == [200] * REQUESTS
    assert connections_open() - before < REQUESTS / 2, "others may come and go meanwhile, a leak leaves one each"


def test_the_writer_takes_a_new_connection_whatever_the_dead_one_says() -> None:
    tries: list[int] = []

    def store(items: Any) -> list[str]:
        tries.append(len(items))
        if len(tries) == 1:
            raise InterfaceError("connection already closed")
        return list(items)

    async def post() -> str:
        writer: Any = GroupCommit(store, failed=lambda error: "refused", behind=lambda: "behind")
        answer = asyncio.get_running_loop().create_future()
        writer.submit("stored", answer.set_result, lane="one")
        try:
            return str(await asyncio.wait_for(answer, 10))
        finally:
            writer.close_connections()

    assert asyncio.run(post()) == "stored"
    assert tries == [1, 1]


def test_an_item_that_cannot_be_stored_is_logged_by_its_code_alone(caplog: pytest.LogCaptureFixture) -> None:
    canary = "канарейка-паспорт-4510"

    def store(items: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("select cast(%s as integer)", [items[0]])
        return list(items)

    async def post() -> str:
        writer: Any = GroupCommit(store, failed=lambda error: "refused", behind=lambda: "behind")
        answer = asyncio.get_running_loop().create_future()
        writer.submit(canary, answer.set_result, lane="one")
        try:
            return str(await asyncio.wait_for(answer, 10))
        finally:
            writer.close_connections()

    assert asyncio.run(post()) == "refused"
    assert "DataError 22P02" in caplog.text
    assert canary not in caplog.text
