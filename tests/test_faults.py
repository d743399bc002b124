"""Real processes with real faults: Redis dies or hangs, connections break; what was acknowledged stays."""

import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection as database

from chat import actions as chat
from chat.models import Conversation, Entry
from supportdesk import embedded
from tests.sockets import Socket
from tests.talker import Reader, Talker
from tests.webs import PATIENCE, Web
from tickets import actions as tickets
from tickets.models import Availability

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def webs(transactional_db: None, tmp_path: Path) -> Iterator[tuple[list[Web], "subprocess.Popen[bytes]"]]:
    """Two web processes and the Redis between them, which may be killed."""
    service = embedded.redis(tmp_path / "r")
    redis = subprocess.Popen(service.command, stdout=subprocess.DEVNULL)
    embedded.wait_until_up(service, redis)
    both = [Web("uvicorn", REDIS_URL=service.url) for _ in range(2)]
    try:
        for web in both:
            web.wait()
        yield both, redis
    finally:
        for web in both:
            web.end()
        redis.kill()
        redis.wait()


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_without_redis_messages_are_acknowledged_at_once_and_shown_within_two_seconds(
    webs: tuple[list[Web], "subprocess.Popen[bytes]"], fault: signal.Signals, anna: Any, elena: Any
) -> None:
    (here, there), redis = webs
    tickets.set_availability(user=elena, state=Availability.AVAILABLE)
    agent = there.door(elena)(None, 0)
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    redis.send_signal(fault)
    borrower = here.door(anna)(conversation.pk, conversation.public_seq)
    acknowledged, shown = [], []
    for number in range(4):
        started = time.monotonic()
        borrower.posted(conversation.pk, f"строка {number}")
        acknowledged.append(time.monotonic() - started)
        if number == 0:
            shown_at = _shown(borrower, "assigned")  # the matcher needs no Redis, and nobody waits for the broker
            assert shown_at - started < 1.5
            agent.send("subscribe", conversation=conversation.pk, after=0)
        _shown(agent, f"строка {number}")
        shown.append(time.monotonic() - started)
    assert sorted(acknowledged)[-2] < 0.5, acknowledged
    assert max(shown) < 2.5, shown


def test_a_hello_without_postgres_is_told_to_come_again_soon(transactional_db: None) -> None:
    web = Web("uvicorn", DATABASE_URL="postgresql://postgres@127.0.0.1:1/away")
    try:
        web.wait()
        caller = web.socket()
        caller.send("hello", ticket="ticket", client=str(uuid.uuid4()), subscriptions=[])
        bye = caller.wait_for("bye", timeout=PATIENCE)
        assert (bye["code"], bye["retry_after"], caller.close_code()) == ("overload", 2, 4503)
    finally:
        web.end()


def test_connections_that_break_in_the_middle_lose_nothing_acknowledged_and_double_nothing(
    webs: tuple[list[Web], "subprocess.Popen[bytes]"], anna: Any, elena: Any
) -> None:
    """The outcome of what was under way is unknown to the desk each time."""
    (here, there), _ = webs
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=conversation, user=elena)
    conversation.refresh_from_db()
    talkers = [Talker(web.door(person), conversation.pk) for web, person in ((here, anna), (there, elena))]
    reader = Reader(there.door(elena), conversation.pk, conversation.seq)
    for client in (*talkers, reader):
        client.come()
    over = threading.Event()
    crashes = threading.Thread(target=_break_connections, args=(over, _own_backend()))
    crashes.start()
    try:
        for number in range(40):
            for talker in talkers:
                talker.write(f"строка {number}")
                while talker.pump(0.02):
                    pass
    finally:
        over.set()
        crashes.join()
    for talker in talkers:
        talker.settle(PATIENCE)
    log = list(Entry.objects.filter(conversation=conversation).order_by("seq"))
    reader.settle(log[-1].seq, PATIENCE)
    assert [entry.seq for entry in log] == list(range(1, Conversation.objects.get(pk=conversation.pk).seq + 1))
    for talker, name in zip(talkers, ("public_seq", "seq"), strict=True):
        stored = [entry for entry in log if str(entry.client_id) in talker.frames]
        assert [str(entry.client_id) for entry in stored] == talker.written
        assert [talker.acknowledged[id_] for id_ in talker.written] == [getattr(entry, name) for entry in stored]
    assert reader.shown == [(entry.seq, entry.body) for entry in log[reader.first :]]
    for client in (*talkers, reader):
        client.cut()


def _shown(socket: Socket, what: str) -> float:
    """The moment at which an entry of this kind or with this text was shown."""
    while True:
        (shown,) = socket.entries(1)
        if what in (shown["entry"]["kind"], shown["entry"]["body"]):
            return time.monotonic()


def _own_backend() -> int:
    with database.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _break_connections(over: threading.Event, spared: int) -> None:
    """End every other connection to the test's database, again and again."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"].replace("/supportdesk?", "/postgres?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        while not over.wait(0.15):
            cursor.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where datname = %s and backend_type = 'client backend' and pid <> %s",
                [database.settings_dict["NAME"], spared],
            )
    connection.close()
