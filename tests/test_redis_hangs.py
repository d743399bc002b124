"""A Redis that takes connections and never answers is worse than a dead one; the desk does everything without it."""

import re
import signal
import socket as sockets
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as desk_settings

from chat import actions as chat
from chat.models import Entry
from identity import actions as identity
from supportdesk import embedded, hasty
from tests import workshop
from tests.cast import PASSWORD
from tests.mailserver import MailServer, a_letter
from tests.webs import Web
from tickets import actions as tickets
from tickets.models import InboundLetter, OutboundLetter, Slot, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis that was stopped in the middle of everything."""
    service = embedded.redis(tmp_path / "r")
    redis = subprocess.Popen(service.command, stdout=subprocess.DEVNULL)
    embedded.wait_until_up(service, redis)
    redis.send_signal(signal.SIGSTOP)
    yield service.url
    redis.kill()
    redis.wait()


@pytest.fixture
def start(hung: str, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """``start("import", "mail")`` is a worker beside that Redis; ``start()`` a web process."""
    started: list[Any] = []
    more = {"REDIS_URL": hung, "SD_VAR": str(tmp_path), "MAIL_UNDO_TIME": "0"}

    def one(*works: str) -> Any:
        process: Any = workshop.worker(*works, **more) if works else Web("daphne", **more)
        started.append(process.process if isinstance(process, Web) else process)
        return process

    yield one
    for process in started:
        process.kill()
        process.wait()


def test_only_these_modules_speak_with_redis() -> None:
    """Named in docs/decisions.md, each with its bound."""
    speaks = re.compile(r"^\s*(?:import redis|from redis|from django.core.cache)", re.MULTILINE)
    found = {
        str(path.relative_to(workshop.ROOT))
        for app in ("identity", "chat", "tickets", "quality", "supportdesk")
        for path in (workshop.ROOT / app).rglob("*.py")
        if speaks.search(path.read_text())
    }
    assert found == {
        "supportdesk/hasty.py",
        "supportdesk/realtime/hub.py",
        "supportdesk/realtime/publishing.py",
    }


def test_a_redis_that_takes_a_connection_and_says_nothing_is_asked_once() -> None:
    """The library's own way would ask four times, each for half a second, and wait in between."""
    with sockets.create_server(("127.0.0.1", 0)) as silent:
        assert not hasty.answers(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        silent.accept()[0].close()
        silent.setblocking(False)
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_pages_sign_in_posts_and_routing_go_on(start: Callable[..., Any], anna: Any, elena: Any) -> None:
    web = start()
    start("routing")
    tickets.ensure_slots(user=elena, capacity=5)
    tickets.set_availability(user=elena, state="available")
    tickets.renew_presence(user_ids=[elena.pk])
    _, secret = identity.open_borrower_session(borrower=anna)
    web.wait()
    origin = {"Origin": desk_settings.PUBLIC_URL, "Host": "127.0.0.1"}
    with httpx.Client(base_url=f"http://127.0.0.1:{web.port}", headers=origin, timeout=10) as agent:
        form = agent.get("/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token
        facts = {"email": elena.email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        assert agent.post("/login/", data=facts).status_code == 302
        assert agent.get("/inbox/").status_code == 200
        borrower = httpx.Client(
            base_url=agent.base_url, headers={**origin, "Authorization": f"Bearer {secret}"}, timeout=10
        )
        begun = borrower.post("/api/v1/conversations", json={"topic": "", "page": ""})
        assert begun.status_code == 201, begun.text
        path = f"/api/v1/conversations/{begun.json()['id']}/messages"
        for number in range(3):
            message = {"id": str(uuid.uuid4()), "body": f"строка {number}"}
            assert borrower.post(path, json=message).status_code == 201
        workshop.until(lambda: Slot.objects.filter(agent=elena, ticket__isnull=False).exists(), "she gets the chat")
        assert agent.post("/logout/", data={"csrfmiddlewaretoken": agent.cookies["csrftoken"]}).status_code == 302
        borrower.close()
    assert Entry.objects.filter(kind="message").count() == 3


def test_letters_are_read_and_answered(
    start: Callable[..., Any], mail_server: MailServer, mailbox: Any, elena: Any
) -> None:
    from tickets.actions.mailboxes import import_new_letters
    from tickets.mailboxes.imap import Folder

    start("import", "mail")
    mail_server.deliver(a_letter())
    with Folder(mailbox) as folder:
        import_new_letters(mailbox=mailbox, folder=folder)
    workshop.until(lambda: InboundLetter.objects.filter(state="applied").exists(), "the letter is in a ticket")
    [ticket] = Ticket.objects.all()
    tickets.take(ticket=ticket, by=elena)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Здравствуйте! Ссылка отправлена.")
    workshop.until(lambda: OutboundLetter.objects.filter(state="sent").exists(), "the answer has left")
    assert len(mail_server.left()) == 1
