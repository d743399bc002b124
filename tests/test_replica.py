"""Reports are read from a copy that follows the primary: its age is said, and it may be late or away."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from supportdesk import embedded, env
from supportdesk.processes import as_user, die_with_parent
from supportdesk.realtime import replica

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skip(reason="the guard of Django's tests refuses a database that is added while they run: unfinished"),
]
AGE = "Цифры на"


class Copy:
    """A real streaming replica of the tests' own Postgres."""

    def __init__(self, var: Path) -> None:
        primary = embedded.postgres(Path(os.environ["SD_VAR"]), fast=True)
        self.service = embedded.replica(var, primary, fast=True)
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        service = self.service
        with service.log.open("ab") as log:
            leash = die_with_parent(service.stop_signal)
            process = subprocess.Popen(
                service.command,
                stdout=log,
                stderr=log,
                cwd=service.log.parent,
                preexec_fn=leash,
                **as_user(service.user),
            )
        embedded.wait_until_up(service, process)
        return process

    def run(self, statement: str) -> Any:
        with connections[replica.REPLICA].cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]

    def is_level(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select pg_current_wal_flush_lsn()::text")
            written = cursor.fetchone()[0]
        return bool(self.run(f"select pg_last_wal_replay_lsn() >= '{written}'"))


@pytest.fixture
def copy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Copy]:
    if not (Path(os.environ["SD_VAR"]) / "postgres").exists():
        pytest.skip("the tests were given a Postgres of their own, which is not copied")
    home = Path(tempfile.mkdtemp(prefix="copy-", dir=os.environ["SD_VAR"]))
    found = Copy(home)
    alias = connections[connection.alias].settings_dict | env.replica(found.service.url)
    connections.settings[replica.REPLICA] = alias | {"NAME": connection.settings_dict["NAME"]}
    monkeypatch.setattr(replica, "_asked_again_at", 0.0)
    yield found
    connections[replica.REPLICA].close()
    del connections[replica.REPLICA]
    del connections.settings[replica.REPLICA]
    found.process.kill()
    found.process.wait()
    shutil.rmtree(home)


def test_reports_come_from_the_replica_and_from_the_primary_when_it_is_late_or_away(
    copy: Copy, as_staff: Callable[[Any], Client], olga: Any, anna: Any, sergey: Any, settings: Any, monkeypatch: Any
) -> None:
    pages = as_staff(olga)
    chat.start_conversation(channel="chat", borrower=anna)
    until(copy.is_level)
    page = pages.get("/reports/").content.decode()
    assert (opened(page), AGE in page) == (1, True)
    copy.run("select pg_wal_replay_pause()::text")
    chat.start_conversation(channel="chat", borrower=sergey)
    page = pages.get("/reports/").content.decode()
    assert (opened(page), AGE in page) == (1, True), "a paused copy still has what it had"
    settings.REPLICA_LAG = 0
    page = pages.get("/reports/").content.decode()
    assert (opened(page), AGE in page) == (2, False), "a late one is not asked"
    settings.REPLICA_LAG = 30
    monkeypatch.setattr(replica, "_asked_again_at", 0.0)
    copy.process.kill()
    copy.process.wait()
    page = pages.get("/reports/").content.decode()
    assert (opened(page), AGE in page) == (2, False), "nor one that is away"
    assert replica._asked_again_at > time.monotonic(), "and it is left alone for a while"


def test_nothing_is_written_to_the_replica(copy: Copy, anna: Any) -> None:
    def change() -> None:
        connections[replica.REPLICA].cursor().execute("delete from chat_draft")

    with pytest.raises(Exception, match="read-only"):
        change()
    assert timezone.now() > anna.created_at, "the primary is there"


def opened(page: str) -> int:
    """How many chats the report counts as opened."""
    row = page.partition("Открыто")[2].partition("</tr>")[0]
    return int(row.partition("num")[2].partition(">")[2].partition("<")[0])


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
