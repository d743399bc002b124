"""The writer of the sockets takes a new connection for a dead one."""

import asyncio
from typing import Any

import pytest
from django.db import InterfaceError, connection

from supportdesk.realtime import GroupCommit

pytestmark = pytest.mark.django_db(transaction=True)


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
