"""The web processes behind a real pgbouncer that gives connections out by transaction, the workers beside it."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from chat.models import Conversation
from identity import actions as identity
from quality.models import Score
from tests import workshop
from tests.pool import PGBOUNCER, SIZE, WHY_NOT, Pool
from tests.webs import PATIENCE, Web, door
from tests.workshop import until
from tickets import actions as tickets

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8  # of question and answer, as fast as a borrower may write
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason=WHY_NOT)


@pytest.fixture
def pool() -> Iterator[Pool]:
    if not (Path(os.environ["SD_VAR"]) / "postgres").exists():
        pytest.skip("the tests were given a Postgres of their own, which is reached otherwise")
    home = Path(tempfile.mkdtemp(prefix="pool-"))
    found = Pool(home)
    yield found
    found.end()
    shutil.rmtree(home)


@pytest.fixture
def web(pool: Pool, transactional_db: None) -> Iterator[Web]:
    """A web process that knows Postgres through the pool only."""
    name = connection.settings_dict["NAME"]
    process = Web("daphne", DATABASE_URL=pool.url(name), POOLED="yes", PULSE_TIME="1")
    try:
        process.wait()
        yield process
    finally:
        process.end()


@pytest.fixture
def workers(transactional_db: None) -> Iterator[None]:
    """Who assigns chats and who scores, at Postgres itself."""
    started = [workshop.worker("routing"), workshop.worker("score")]
    yield
    for process in started:
        process.kill()
        process.wait()


@needs_pgbouncer
def test_a_chat_is_routed_answered_closed_and_scored_through_the_pool(
    pool: Pool, web: Web, workers: None, anna: Any, elena: Any, olga: Any, as_staff: Any
) -> None:
    tickets.set_availability(user=elena, state="available")
    agent = door(elena, web.socket)()  # her presence
    _, secret = identity.open_borrower_session(borrower=anna)
    api = httpx.Client(
        base_url=f"http://127.0.0.1:{web.port}", headers={"Authorization": f"Bearer {secret}"}, timeout=PATIENCE
    )
    made = api.post("/api/v1/conversations", json={"topic": "", "page": "/loan", "id": str(uuid.uuid4())})
    assert made.status_code == 201, made.text
    conversation = Conversation.objects.get(pk=made.json()["id"])
    first = {"id": str(uuid.uuid4()), "body": "Здравствуйте"}
    assert api.post(f"/api/v1/conversations/{conversation.pk}/messages", json=first).status_code == 201
    until(lambda: conversation.participants.filter(user=elena, until=None).exists(), "the router gave it to Elena")
    agent.close()
    connect, hers = door(anna, web.socket), door(elena, web.socket)
    reader, writer = connect(conversation.pk, 0), hers(conversation.pk, 0)
    for number in range(ROUNDS):
        assert reader.posted(conversation.pk, f"вопрос {number}")["seq"]
        assert writer.posted(conversation.pk, f"ответ {number}")["seq"]
        reader.wait_for("entry.posted", PATIENCE)
    page = api.get(f"/api/v1/conversations/{conversation.pk}/entries", params={"after": 0, "limit": 200}).json()
    bodies = [entry["body"] for entry in page["entries"] if entry["body"].startswith(("вопрос", "ответ"))]
    assert bodies == [f"{word} {number}" for number in range(ROUNDS) for word in ("вопрос", "ответ")]
    assert api.post(f"/api/v1/conversations/{conversation.pk}/close").status_code < 300
    until(lambda: Score.objects.filter(conversation=conversation).exists(), "it was scored")
    cookie = {settings.SESSION_COOKIE_NAME: as_staff(olga).cookies[settings.SESSION_COOKIE_NAME].value}
    for path in ("/reports/", "/inbox/", "/supervise/"):
        assert httpx.get(f"http://127.0.0.1:{web.port}{path}", cookies=cookie, timeout=PATIENCE).status_code == 200
    own = [row for row in pool.show("servers") if connection.settings_dict["NAME"] in row]
    assert 1 <= len(own) <= SIZE, "everything above went over these"
    reader.close()
    writer.close()


@pytest.mark.parametrize("command", [["work", "score"], ["mailwatch"]], ids=["worker", "mailwatch"])
def test_what_needs_a_connection_of_its_own_does_not_start_through_a_pool(command: list[str], settings: Any) -> None:
    settings.POOLED = True
    with pytest.raises(CommandError, match="POOLED=no"):
        call_command(*command)
