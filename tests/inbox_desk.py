"""The agent's desk at hand for browser tests: borrowers who write, an agent who signs in and goes on the line."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PICTURES, LiveDesk, sign
from tests.live_seed import PASSWORD
from tests.sockets import Socket

NAMES = ["Анна Ковалёва", "Сергей Мельников", "Марина Юсупова", "Тимур Ахметов", "Ольга Петренко"]
ELENA = "e.voronova@lad.example"
OLGA = "o.sedova@lad.example"


class Visitor:
    """A borrower who writes through the public interface."""

    def __init__(self, desk: LiveDesk, name: str) -> None:
        self.name = name
        self.api = httpx.Client(base_url=f"{desk.url}/api/v1", timeout=20)
        token = sign(sub=f"C-{uuid.uuid4().hex[:8]}", name=name, first_name=name.split()[0])
        session = self.api.post("/borrower-sessions", json={"token": token}).json()["session_token"]
        self.api.headers["Authorization"] = f"Bearer {session}"
        self.chat = ""

    def ask(self, text: str, topic: str = "payments") -> None:
        self.chat = self.api.post("/conversations", json={"topic": topic, "page": "Мой займ"}).json()["id"]
        self.say(text)

    def say(self, text: str) -> None:
        answer = self.api.post(f"/conversations/{self.chat}/messages", json={"id": str(uuid.uuid4()), "body": text})
        assert answer.status_code == 201, answer.text

    def reads(self) -> list[str]:
        return [entry["body"] for entry in self.api.get(f"/conversations/{self.chat}/entries").json()["entries"]]

    @contextmanager
    def on_the_line(self) -> Iterator[Socket]:
        """The borrower's own live connection."""
        url = str(self.api.base_url).partition("/api/")[0]
        socket = Socket(f"{url.replace('http', 'ws')}/ws/v1/", url)
        ticket = self.api.post("/socket-tickets").json()["ticket"]
        subscriptions = [{"conversation": self.chat, "after": 0}]
        socket.send("hello", ticket=ticket, client=str(uuid.uuid4()), subscriptions=subscriptions)
        socket.wait_for("synced")
        yield socket
        socket.close()

    def leave(self) -> None:
        if self.chat:
            self.api.post(f"/conversations/{self.chat}/close")
        self.api.close()


class Inbox:
    """The inbox as somebody at the keyboard sees it."""

    def __init__(self, page: Page, desk: LiveDesk) -> None:
        self.page, self.desk = page, desk

    @property
    def field(self) -> Any:
        return self.page.locator("#reply")

    @property
    def log(self) -> Any:
        return self.page.get_by_role("log")

    def place(self, number: int) -> Any:
        return self.page.locator(f"[data-place='{number}']")

    def slot(self, number: int) -> Any:
        return self.place(number).locator("a")

    def names(self) -> list[str]:
        return [self.place(number).locator(".slot__name").inner_text() for number in range(1, 6)]

    def open(self, number: int) -> None:
        self.slot(number).click()
        expect(self.slot(number)).to_have_attribute("aria-current", "true")
        self.page.wait_for_timeout(300)  # Enter is ignored for 250 ms after switching; people are slower than that

    def answer(self, text: str) -> None:
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.log.get_by_text(text)).to_be_visible()

    def backdate(self, name: str, *, waited: int, target: int = 120, warn: int = 30) -> None:
        """Let the clock of this borrower's chat stand at ``waited`` seconds of a promise of ``target``."""
        self.desk.shell(
            f"""
from datetime import timedelta
from django.utils import timezone
from tickets.models import Ticket
now = timezone.now()
due = now + timedelta(seconds={target - waited})
Ticket.objects.filter(conversation__borrower__full_name={name!r}, resolved_at=None).update(
    waiting_since=now - timedelta(seconds={waited}), due_at=due, warn_at=due - timedelta(seconds={warn}),
    first_response_at=now)
"""
        )
        self.page.reload()

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


def sign_in(context: BrowserContext, desk: LiveDesk, email: str) -> Page:
    page = context.new_page()
    page.goto(f"{desk.url}/login/")
    page.get_by_label("почта").fill(email)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти", exact=True).click()
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def on_line(page: Page, desk: LiveDesk) -> Inbox:
    page.goto(f"{desk.url}/inbox/")
    expect(page.locator("[data-place]")).to_have_count(5)
    if page.get_by_text("На линии", exact=True).first.is_hidden():
        page.locator("[data-availability] summary").click()
        page.get_by_role("button", name="На линии").click()
    expect(page.locator("[data-availability-words]")).to_have_text("На линии")
    return Inbox(page, desk)


@pytest.fixture
def inbox(live_desk: LiveDesk, new_context: Callable[..., BrowserContext]) -> Inbox:
    return on_line(sign_in(new_context(), live_desk, ELENA), live_desk)


@pytest.fixture
def visit(live_desk: LiveDesk) -> Iterator[Callable[..., Visitor]]:
    people: list[Visitor] = []

    def arrive(name: str = NAMES[0], text: str = "Деньги списали два раза") -> Visitor:
        people.append(Visitor(live_desk, name))
        people[-1].ask(text)
        return people[-1]

    yield arrive
    for person in people:
        person.leave()


@pytest.fixture
def five(inbox: Inbox, visit: Callable[..., Visitor]) -> list[Visitor]:
    """Five chats in five places, in the order of arrival."""
    people = []
    for number, name in enumerate(NAMES, start=1):
        people.append(visit(name, f"Вопрос от места {number}"))
        expect(inbox.place(number).locator(".slot__name")).to_have_text(name)
    return people
