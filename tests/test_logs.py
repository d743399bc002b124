"""What the desk's processes write: one object a line, whose it was by id, and never a word of or about a person."""

import json
import logging
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from django.db import connection as database
from django.test import Client

from supportdesk.logs import JsonLines, Words
from supportdesk.processes import free_port
from tests.cast import KEY_ID
from tests.finishing import resolve
from tests.sockets import Socket
from tests.webs import ROOT, Web
from tickets.actions.seed import seed_desk

CANARIES = {
    "name": "Канарейкина Изабелла",
    "mail": "izabella.canary@mail.example",
    "phone": "+79990001177",
    "words": "желтая-канарейка-в-словах",
    "file": "канарейка-паспорт.txt",
    "page": "страница-канарейки",
    "password": "пароль-канарейки-91",
    "subject": "тема-канарейки",
    "token": "eyJ0canary",
}
BREAK = """
create or replace function canary_break() returns trigger language plpgsql as
$$ begin raise exception 'broken by %', coalesce(to_jsonb(new)::text, '') using errcode = '22000'; end $$
"""


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where every process of the test writes."""
    path = tmp_path / "output"
    with path.open("ab") as file:
        start = subprocess.Popen

        def popen(*arguments: Any, **options: Any) -> Any:
            return start(*arguments, **(options | {"stdout": file, "stderr": file}))

        monkeypatch.setattr("tests.webs.subprocess.Popen", popen)
        yield path


@contextmanager
def broken(table: str) -> Iterator[None]:
    """Every new row of a table makes Postgres refuse with the whole row in its words."""
    with database.cursor() as cursor:
        cursor.execute(BREAK)
        cursor.execute(f"create trigger canary before insert on {table} for each row execute function canary_break()")
    yield
    with database.cursor() as cursor:
        cursor.execute(f"drop trigger canary on {table}")


def lines_of(output: Path) -> list[dict[str, Any]]:
    found = []
    for line in output.read_text().splitlines():
        assert line.startswith("{"), f"not an object: {line[:300]}"
        found.append(json.loads(line))
    return found


def token(lender_key: Any, **claims: Any) -> str:
    now = int(time.time())
    usual = {"iss": "lender", "aud": "supportdesk-chat", "sub": "C-canary", "iat": now, "exp": now + 300}
    person = {"name": CANARIES["name"], "email": CANARIES["mail"], "phone": CANARIES["phone"], "jti": str(uuid.uuid4())}
    return jwt.encode(usual | person | claims, lender_key, algorithm="EdDSA", headers={"kid": KEY_ID})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["json", "words"])
def test_no_line_of_any_process_holds_anything_personal(
    form: str, output: Path, lender_key: Any, lender_public_key: Path, elena: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    monkeypatch.setattr("tests.webs.free_port", lambda: port)
    environment = {"LOG_FORMAT": form, "LOG_LEVEL": "DEBUG" if form == "json" else "INFO"}
    environment |= {"TOKEN_KEYS": f"{KEY_ID}={lender_public_key}", "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    web = Web("daphne" if form == "json" else "uvicorn", **environment)
    try:
        web.wait()
        seed_desk()
        if form == "json":
            the_story(web, lender_key, elena)
            the_refusals(web, lender_key)
            the_workers(environment)
        the_crashes(web, lender_key)
    finally:
        web.process.terminate()
        web.process.wait(20)
    text = output.read_text()
    assert "DataError" in text, "what broke was told"
    for name, canary in CANARIES.items():
        for spelled in (canary, json.dumps(canary)[1:-1], canary.encode("unicode_escape").decode()):
            at = text.find(spelled)
            assert at < 0, f"{name}: {text[max(0, at - 700) : at + 200]}"
    if form == "json":
        the_lines_are_whole(lines_of(output))


def the_story(web: Web, lender_key: Any, elena: Any) -> None:
    """A borrower asks with a file, an agent answers, a letter comes and is scored; everybody leaves a canary."""
    from chat import actions as chat
    from chat.models import Conversation
    from quality import actions as quality
    from tickets import actions as tickets

    api = httpx.Client(base_url=f"http://127.0.0.1:{web.port}/api/v1", timeout=30)
    session = api.post("/borrower-sessions", json={"token": token(lender_key)}).json()["session_token"]
    api.headers["Authorization"] = f"Bearer {session}"
    started = api.post("/conversations", json={"topic": "payments", "page": CANARIES["page"]}).json()
    address = f"/conversations/{started['id']}"
    assert api.post(f"{address}/messages", json={"id": str(uuid.uuid4()), "body": CANARIES["words"]}).is_success
    file = {"file": (CANARIES["file"], CANARIES["words"].encode(), "text/plain")}
    assert api.post(f"{address}/attachments", files=file).status_code == 201
    socket = Socket(f"ws://127.0.0.1:{web.port}/ws/v1/", f"http://127.0.0.1:{web.port}")
    socket.send("hello", ticket=api.post("/socket-tickets").json()["ticket"], client=str(uuid.uuid4()))
    socket.wait_for("welcome")
    assert socket.posted(started["id"], CANARIES["words"])
    socket.raw.send(json.dumps({"type": CANARIES["words"]}))
    socket.wait_for("error")
    socket.close()
    conversation = Conversation.objects.get(pk=started["id"])
    tickets.ensure_slots(user=elena, capacity=5)
    tickets.assign(ticket=conversation.ticket, agent=elena, reason="taken")
    chat.post_message(conversation=conversation, author=elena, body=CANARIES["words"])
    resolve(ticket=conversation.ticket, by=elena)
    quality.seed_default_standard()
    rating = {"rating": 5, "solved": "yes", "comment": CANARIES["words"]}
    assert api.post(f"{address}/rating", json=rating).is_success


def the_refusals(web: Web, lender_key: Any) -> None:
    """A wrong password, a token nobody believes, addresses that are not there, bodies that nobody can read."""
    door = httpx.Client(base_url=f"http://127.0.0.1:{web.port}", timeout=30)
    page = door.get("/login/").text
    secret = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert secret
    form = {"email": CANARIES["mail"], "password": CANARIES["password"]}
    origin = {"Referer": f"http://127.0.0.1:{web.port}/"}
    assert door.post("/login/", data=form | {"csrfmiddlewaretoken": secret[1]}, headers=origin).status_code == 401
    assert door.post("/login/", data=form).status_code == 403
    refused = door.post("/api/v1/borrower-sessions", json={"token": CANARIES["token"]})
    assert refused.status_code == 401
    assert door.post("/api/v1/borrower-sessions", json={"token": token(lender_key, exp=1)}).status_code == 401
    assert door.get(f"/files/{CANARIES['token']}").status_code == 404
    assert door.get(f"/{CANARIES['words']}/?q={CANARIES['mail']}").status_code in {302, 404}
    assert door.get("/", headers={"Host": CANARIES["token"]}).status_code == 400
    assert door.post("/api/v1/borrower-sessions", content=CANARIES["words"].encode()).status_code in {400, 415}


def the_crashes(web: Web, lender_key: Any) -> None:
    """Postgres refuses with the whole row in its words: in a view, in the statement that stores messages."""
    api = httpx.Client(base_url=f"http://127.0.0.1:{web.port}/api/v1", timeout=30)
    session = api.post("/borrower-sessions", json={"token": token(lender_key)}).json()["session_token"]
    api.headers["Authorization"] = f"Bearer {session}"
    with broken("chat_conversation"):
        crashed = api.post("/conversations", json={"topic": "payments", "page": CANARIES["page"]})
        assert crashed.status_code == 500 and crashed.headers["X-Request-ID"]
    started = api.post("/conversations", json={"topic": "payments", "page": CANARIES["page"]}).json()["id"]
    socket = Socket(f"ws://127.0.0.1:{web.port}/ws/v1/", f"http://127.0.0.1:{web.port}")
    socket.send("hello", ticket=api.post("/socket-tickets").json()["ticket"], client=str(uuid.uuid4()))
    socket.wait_for("welcome")
    with broken("chat_entry"):
        socket.post(started, CANARIES["words"])
        assert socket.wait_for("refused")["code"] == "database"
    socket.close()


def the_workers(environment: dict[str, str]) -> None:
    """A job and a task that fail, each in a process of its own."""
    url = os.environ["DATABASE_URL"].replace("/supportdesk?", f"/{database.settings_dict['NAME']}?")
    code = """
import django; django.setup()
from celery import current_app
from tickets.actions.outbox import run_due_jobs
from identity.tasks import forget_expired
run_due_jobs()
forget_expired.apply(throw=False)
from identity import actions
actions.refresh_borrower = None
current_app.tasks["identity.tasks.forget_expired"].apply(args=["{mail}"])
raise ValueError("{words}")
"""
    for name in ("mail", "words"):
        code = code.replace(f"{{{name}}}", CANARIES[name])
    with broken("quality_score"):
        from tests import webs

        process = webs.subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "DATABASE_URL": url, **environment}
        )
        assert process.wait(60) != 0


def the_lines_are_whole(lines: list[dict[str, Any]]) -> None:
    """Each says when, how grave and what; those of requests and sockets say whose, by id."""
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["level"] in {"debug", "info", "warning", "error", "critical"} and line["logger"] and line["event"]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"livez", "login", "conversations"} <= {line["route"] for line in requests}
    assert all(re.fullmatch(r"[0-9a-f]{32}", line["request"]) for line in requests)
    assert any(line.get("actor", "").startswith("borrower:") for line in requests)
    greeted = next(line for line in lines if line["event"] == "socket greeted")
    assert uuid.UUID(greeted["connection"]) and greeted["actor"].startswith("borrower:")
    crash = next(line for line in lines if line.get("status") == 500 and "error" in line)
    assert crash["error"] == "DataError < DataException 22000" and any(
        "conversations.py" in place for place in crash["places"]
    )
    assert any(line["event"] == "nobody caught an error" for line in lines)


@pytest.mark.parametrize(
    ("behind_proxy", "given", "is_kept"),
    [
        (True, "abcdef-0123.45", True),
        (False, "abcdef-0123.45", False),
        (True, "короткий", False),
        (True, "a b\tc", False),
        (True, "x" * 65, False),
    ],
)
def test_a_requests_id_is_kept_when_our_proxy_gave_it(
    settings: Any, behind_proxy: bool, given: str, is_kept: bool
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_proxy else None
    answered = Client().get("/livez", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert (answered == given) is is_kept and re.fullmatch(r"[\w.-]{8,64}", answered)


@pytest.mark.parametrize(
    ("logger", "message", "arguments", "shown"),
    [
        ("tickets.actions.outbox", "job %s (%s) attempt %s", (7, "send_letter", 2), "job 7 (send_letter) attempt 2"),
        ("django.request", "%s: %s", ("Not Found", "/тайна"), "…: …"),
        ("asyncio", "Task exception: <тайна>", (), "Task exception"),
        (
            "celery.app.trace",
            "Task %(name)s raised %(exc)s",
            ({"name": "t.run", "exc": "тайна"},),
            "Task t.run raised …",
        ),
        ("somebody.elses", ValueError("тайна"), (), "ValueError"),
        ("somebody.elses", "took %.1f s for %s", (1.25, "тайна"), "took 1.2 s for …"),
    ],
)
def test_of_a_librarys_line_only_what_cannot_be_personal_is_shown(
    logger: str, message: Any, arguments: tuple[Any, ...], shown: str
) -> None:
    record = logging.LogRecord(logger, logging.WARNING, __file__, 1, message, arguments, None)
    assert json.loads(JsonLines().format(record))["message"] == shown
    assert shown in Words().format(record)
    assert "тайна" not in Words().format(record) + JsonLines().format(record)
