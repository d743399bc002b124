"""Reports are read from a copy that follows the primary: its age is said, and it may be late or away."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg2
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from supportdesk import embedded
from supportdesk.processes import as_user, die_with_parent
from tests.webs import PATIENCE, Web
from tickets.actions.rollups import roll_up_day

pytestmark = pytest.mark.django_db(transaction=True)
LAG = 3  # seconds the copy may be behind here


class Copy:
    """A real streaming replica of the tests' own Postgres."""

    def __init__(self, var: Path) -> None:
        primary = embedded.postgres(Path(os.environ["SD_VAR"]), fast=True)
        self.service = embedded.replica(var, primary, fast=True)
        self.url = self.service.url.replace("/supportdesk?", f"/{connection.settings_dict['NAME']}?")
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
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
        embedded.wait_until_up(service, process, PATIENCE)
        return process

    def run(self, statement: str) -> Any:
        found = psycopg2.connect(self.url)
        found.autocommit = True
        try:
            with found.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0]
        finally:
            found.close()

    def visits(self) -> int:
        """How often the copy's figures were looked into; Postgres writes that down within a second or so."""
        return int(
            self.run(
                "select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_user_tables"
                " where relname = 'tickets_dayfigure'"
            )
        )

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def copy(transactional_db: None) -> Iterator[Copy]:
    if not (Path(os.environ["SD_VAR"]) / "postgres").exists():
        pytest.skip("the tests were given a Postgres of their own, which is not copied")
    home = Path(tempfile.mkdtemp(prefix="copy-", dir=os.environ["SD_VAR"]))
    found = Copy(home)
    yield found
    found.end()
    shutil.rmtree(home)


@pytest.fixture
def web(copy: Copy) -> Iterator[Web]:
    """A web process that may ask the copy; its pulse is what the copy hears while nobody does anything."""
    process = Web("uvicorn", REPLICA_URL=copy.url, REPLICA_LAG=str(LAG), PULSE_TIME="1")
    try:
        process.wait()
        yield process
    finally:
        process.end()


def test_reports_come_from_the_replica_and_from_the_primary_when_it_is_late_or_away(
    copy: Copy, web: Web, as_staff: Callable[[Any], Client], olga: Any, anna: Any, sergey: Any
) -> None:
    cookie = {settings.SESSION_COOKIE_NAME: as_staff(olga).cookies[settings.SESSION_COOKIE_NAME].value}

    def seen() -> int:
        """How many chats the page counts as opened."""
        answer = httpx.get(f"http://127.0.0.1:{web.port}/reports/", cookies=cookie, timeout=PATIENCE)
        assert answer.status_code == 200
        return opened(answer.text)

    chat.start_conversation(channel="chat", borrower=anna)
    roll_up_day(on=timezone.localdate())
    until(lambda: seen() == 1 and copy.visits() > 0)
    copy.run("select pg_wal_replay_pause()::text")
    chat.start_conversation(channel="chat", borrower=sergey)
    roll_up_day(on=timezone.localdate())
    until(lambda: seen() == 2)  # the copy cannot know of the second
    visits = copy.visits()
    copy.run("select pg_wal_replay_resume()::text")
    until(lambda: seen() == 2 and copy.visits() > visits)
    copy.end()
    for _ in range(3):
        assert seen() == 2, "one that is away costs nobody an answer"


def test_nothing_is_written_to_the_replica(copy: Copy) -> None:
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        copy.run("delete from chat_draft returning 1")
    assert copy.run("select pg_is_in_recovery()") is True


def opened(page: str) -> int:
    """How many chats the report counts as opened."""
    found = re.search(r'data-figure="opened".*?<td[^>]*>(?:<a [^>]*>)?(\d+)', page, re.DOTALL)
    assert found is not None
    return int(found[1])


def until(condition: Callable[[], bool], seconds: float = 2 * PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)
