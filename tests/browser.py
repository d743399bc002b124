"""Chromium, a live desk in a process of its own, and a tiny lender's page on another origin.

``live_desk`` has its own database, so nothing of it is seen by other tests. ``borrower`` is a page of the lender with
the widget; ``agent`` is a member of staff who works through the desk's own doors (HTTP and the live socket).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Playwright, expect, sync_playwright

from supportdesk.processes import free_port
from tests.live_seed import PASSWORD
from tests.sockets import Socket

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "test-results"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FONTS = ROOT / "tests" / "fonts.conf"
START = 180.0  # seconds, on a machine that does other things too
PATIENCE = 15_000  # milliseconds
PHONE = {"viewport": {"width": 360, "height": 780}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}
WIDE = {"viewport": {"width": 1440, "height": 900}}
KEY = "a key that only this test lender and this test desk know"
PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<title>Мой займ — Лад</title><link rel="icon" href="data:,"></head><body><main><h1>Мой займ</h1>
<p>К возврату 28 ноября</p></main><script src="{desk}/loader.js" data-token-url="/support-token?{query}"
data-pay-url="/pay/" data-extend-url="/extend/" data-documents-url="/documents/" async></script></body></html>"""

KNOWN_TO_LENDER: dict[str, dict[str, Any]] = {}  # by the number of the account: fields to compare, and loans
SIGNING_IN = """<!doctype html><html lang="{language}"><title>Вход — Лад {query}</title><h1>Вход</h1>
<script src="{desk}/loader.js" async></script></html>"""

expect.set_options(timeout=PATIENCE)


# The desk and the lender


@dataclass
class LenderSite:
    """The lender: every page shows the widget for the customer named in its address."""

    url: str
    desk: str
    server: ThreadingHTTPServer

    def address(self, customer: str, **claims: str) -> str:
        return f"{self.url}/?{urlencode({'sub': customer, **claims})}"


@dataclass
class LiveDesk:
    """A desk that serves at ``url``; ``staff`` maps e-mail to id."""

    url: str
    lender: LenderSite
    database: str
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    staff: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Begin to serve, or serve again after ``stop``."""
        command = [sys.executable, "-m", "uvicorn", "--port", self.url.rpartition(":")[2], "--log-level", "warning"]
        command += ["--ws", "websockets-sansio", "--timeout-graceful-shutdown", "2", "supportdesk.asgi:application"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        deadline = time.monotonic() + START
        while not self.answers():
            assert self.process.poll() is None, "the desk ended while starting"
            assert time.monotonic() < deadline, "the desk did not start"
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/widget/", timeout=20).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(15)

    def run(self, *arguments: str) -> str:
        """Run a module as a program with the desk's environment."""
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def sweep(self) -> None:
        """What beat does every few seconds; this desk has no beat."""
        self.shell("from tickets import actions as tickets; tickets.sweep()")

    def shell(self, code: str) -> str:
        """Run code with the desk's own models and actions, as an administrator would."""
        return self.run("django", "shell", "-v", "0", "-c", code)


@pytest.fixture(scope="session")
def live_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveDesk]:
    port, lender_port = free_port(), free_port()
    desk_url, lender_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{lender_port}"
    lender = LenderSite(lender_url, desk_url, serve_lender(lender_port, desk_url))
    database = f"desk_{uuid.uuid4().hex[:12]}"
    with _database(database) as address:
        var = tmp_path_factory.mktemp("live")
        environment = os.environ | {
            "DATABASE_URL": address,
            "REDIS_URL": re.sub(r"db=\d+", "db=9", os.environ["REDIS_URL"]),
            "PUBLIC_URL": desk_url,
            "LENDER_ORIGINS": lender_url,
            "LENDER_API_URL": lender_url,
            "LENDER_API_KEY": "a key for the lender of this test",
            "SD_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "tests.live_settings",
            "TOKEN_ALGORITHM": "HS256",
            "TOKEN_KEYS": f"test={KEY}",
            "TIME_ZONE": "Europe/Moscow",
        }
        desk = LiveDesk(desk_url, lender, database, environment)
        desk.staff = json.loads(desk.run("tests.live_seed"))["staff"]
        desk.start()
        yield desk
        desk.stop()
    lender.server.shutdown()


@contextmanager
def _database(name: str) -> Iterator[str]:
    """A database of its own beside the test database; dropped at the end."""
    _administer(f"create database {name}")
    try:
        yield re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"], count=1)
    finally:
        _administer(f"drop database if exists {name} with (force)")


def _administer(statement: str) -> None:
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def serve_lender(port: int, desk: str) -> ThreadingHTTPServer:
    policy = (
        f"default-src 'none'; script-src {desk}; frame-src {desk}; connect-src 'self'; img-src data:; base-uri 'none'"
    )

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if self.path.startswith("/api/"):
                self.tell(self.whose().get("loans"))
                return
            query = urlsplit(self.path).query
            language = parse_qs(query).get("language", ["ru"])[0]
            page = SIGNING_IN if self.path.startswith("/signing-in/") else PAGE
            self.answer(page.format(desk=desk, query=query.replace("&", "&amp;"), language=language), "text/html")

        def do_POST(self) -> None:
            if self.path.startswith("/api/"):
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["fields"]
                known = self.whose()
                verdicts = {field: "yes" if known.get(field) == value else "no" for field, value in said.items()}
                self.tell({"fields": verdicts} if known else None)
                return
            claims = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            self.answer(json.dumps({"token": sign(**claims)}), "application/json")

        def whose(self) -> dict[str, Any]:
            """What a test has let this lender know of a borrower; without it the lender does not answer."""
            return KNOWN_TO_LENDER.get(self.path.split("/")[3], {})

        def tell(self, facts: dict[str, Any] | None) -> None:
            self.answer(json.dumps(facts), "application/json", 503 if facts is None else 200)

        def answer(self, body: str, kind: str, status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body.encode())

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def sign(**claims: str) -> str:
    """A token as the lender signs it."""
    now = int(time.time())
    proof = {"iss": "lender", "aud": "supportdesk-chat", "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())}
    person = {"name": "Анна Игоревна Ковалёва", "first_name": "Анна", "language": "ru"} | claims
    return jwt.encode(person | proof, KEY, algorithm="HS256", headers={"kid": "test"})


# The browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own. Its loop runs in this thread, which Django must allow."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def launch(playwright: Playwright) -> Browser:
    """A browser whose pages look the same everywhere: with the font Inter where the machine has it."""
    own = {"executable_path": CHROMIUM} if CHROMIUM else {}
    return playwright.chromium.launch(args=["--no-sandbox"], env=os.environ | {"FONTCONFIG_FILE": str(FONTS)}, **own)  # type: ignore[arg-type]


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """``new_context(phone=True, dark=True, language="en")``: a fresh browser; problems of its pages fail the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def make(*, phone: bool = False, dark: bool = False, language: str = "ru", **options: Any) -> BrowserContext:
        locale = "ru-RU" if language == "ru" else "en-GB"
        scheme: Any = "dark" if dark else "light"
        shape: Any = {"timezone_id": "Europe/Moscow"} | (PHONE if phone else WIDE) | options
        context = chromium.new_context(locale=locale, color_scheme=scheme, **shape)
        context.set_default_timeout(PATIENCE)
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("console", lambda message: problems.append(message.text) if _is_problem(message.text) else None)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert not problems, problems


def _is_problem(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


@dataclass
class Borrower:
    """A borrower in front of the lender's page."""

    page: Page
    desk: LiveDesk
    customer: str

    @property
    def launcher(self) -> Any:
        return self.page.locator("[data-supportdesk]").get_by_role("button", name=re.compile("чат|chat"))

    @property
    def widget(self) -> FrameLocator:
        return self.page.frame_locator("[data-supportdesk] iframe")

    @property
    def field(self) -> Any:
        return self.widget.locator("textarea[data-ref=field]")

    @property
    def messages(self) -> Any:
        return self.widget.get_by_role("log").locator("li:has([data-part=bubble])")

    @property
    def log(self) -> Any:
        return self.widget.get_by_role("log")

    def open(self) -> None:
        self.launcher.click()
        expect(self.widget.get_by_role("dialog")).to_be_visible()

    def connected(self) -> None:
        """Wait until the idle widget has its line to the desk."""
        expect(self.page.locator("[data-supportdesk] iframe")).to_be_attached()
        frame = self.page.locator("[data-supportdesk] iframe").element_handle().content_frame()
        frame.wait_for_function("() => document.querySelector('support-conversation')?.connection?.online", polling=50)

    def pick(self, topic: str = "Платежи и списания") -> None:
        self.open()
        self.widget.get_by_role("button", name=topic).click()
        expect(self.field).to_be_visible()

    def say(self, text: str) -> None:
        self.field.fill(text)
        self.widget.get_by_role("button", name=re.compile("^(Отправить|Send)$")).click()

    def ask(self, text: str = "Деньги списали два раза", topic: str = "Платежи и списания") -> None:
        """Pick a topic, write the first message and see it stored."""
        self.pick(topic)
        self.say(text)
        expect(
            self.message(text).get_by_role("img", name=re.compile("доставлено|прочитано|delivered|read"))
        ).to_be_visible()

    def message(self, text: str) -> Any:
        return self.messages.filter(has_text=text)

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.fixture
def new_borrower(live_desk: LiveDesk, new_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Borrower]]:
    """``new_borrower(phone=True)``: somebody new on the lender's page; their chat is closed at the end."""
    people: list[Borrower] = []

    def arrive(
        *, customer: str = "", context: BrowserContext | None = None, language: str = "ru", **options: Any
    ) -> Borrower:
        person = customer or f"C-{uuid.uuid4().hex[:8]}"
        page = (context or new_context(language=language, **options)).new_page()
        page.goto(live_desk.lender.address(person, language=language))
        people.append(Borrower(page, live_desk, person))
        return people[-1]

    yield arrive
    for person in {one.customer for one in people}:
        end_chat(live_desk, person)


@pytest.fixture
def borrower(new_borrower: Callable[..., Borrower]) -> Borrower:
    return new_borrower()


def end_chat(desk: LiveDesk, customer: str) -> None:
    """Close the customer's chat through the API, so that it waits for nobody in the next test."""
    with httpx.Client(base_url=f"{desk.url}/api/v1") as api:
        session = api.post("/borrower-sessions", json={"token": sign(sub=customer)}).json()["session_token"]
        api.headers["Authorization"] = f"Bearer {session}"
        chat = api.get("/home").json()["open_conversation"]
        if chat:
            api.post(f"/conversations/{chat['id']}/close")


# Staff


class Agent:
    """A member of staff at work: signed in, with one socket, on the line."""

    def __init__(self, desk: LiveDesk, email: str) -> None:
        self.desk = desk
        self.id = desk.staff[email]
        self.web = httpx.Client(base_url=desk.url, follow_redirects=True, timeout=20)
        self._sign_in(email)
        self.socket = Socket(f"{desk.url.replace('http', 'ws')}/ws/v1/", desk.url)
        ticket = self.api("POST", "/socket-tickets")["ticket"]
        self.socket.send("hello", ticket=ticket, client=str(uuid.uuid4()), subscriptions=[])
        self.socket.wait_for("welcome")
        self.api("PUT", "/availability", {"state": "available", "reason": ""})

    def _sign_in(self, email: str) -> None:
        page = self.web.get("/login/").text
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, "the sign-in page has no form"
        form = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": found[1]}
        answer = self.web.post("/login/", data=form, headers={"Referer": self.desk.url})
        assert "/login/" not in str(answer.url), answer.text[:500]

    def api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"X-CSRFToken": self.web.cookies.get("csrftoken", ""), "Referer": self.desk.url}
        answer = self.web.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def chats(self) -> list[dict[str, Any]]:
        return [slot["ticket"] for slot in self.api("GET", "/inbox")["slots"] if slot["ticket"]]

    def takes(self, text: str) -> dict[str, Any]:
        """Wait until the chat whose last words are ``text`` is in one of this agent's places."""
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            for chat in self.chats():
                if text in (chat["last_message"] or {}).get("body", ""):
                    self.subscribe(chat["conversation"])
                    return chat
            time.sleep(0.1)
        raise AssertionError(f"nobody brought the chat with {text!r}: {self.chats()}")

    def begins(self, customer: str) -> dict[str, Any]:
        """Start a chat with a borrower who is known to the desk."""
        person = self.desk.shell(
            f"from identity.models import Borrower; print(Borrower.objects.get(customer_id='{customer}').pk)"
        )
        chat: dict[str, Any] = self.api("POST", f"/borrowers/{person.strip()}/conversations", {})
        self.subscribe(chat["conversation"])
        return chat

    def subscribe(self, conversation: str) -> None:
        self.socket.send("subscribe", conversation=conversation, after=0)
        self.socket.wait_for("synced", conversation=conversation)

    def says(self, chat: dict[str, Any], *texts: str) -> None:
        for text in texts:
            self.socket.posted(chat["conversation"], text)

    def types(self, chat: dict[str, Any]) -> None:
        self.socket.send("typing", conversation=chat["conversation"])

    def sees(self, chat: dict[str, Any]) -> None:
        head = self.api("GET", f"/conversations/{chat['conversation']}")["seq"]
        self.socket.send("seen", conversation=chat["conversation"], seq=head)

    def finishes(self, chat: dict[str, Any]) -> None:
        if not chat["topic_title"]:
            self.api("PUT", f"/tickets/{chat['number']}/topic", {"topic": "other"})
        self.api("POST", f"/tickets/{chat['number']}/resolve")

    def leave(self) -> None:
        with suppress(AssertionError, httpx.HTTPError):
            self.api("PUT", "/availability", {"state": "away", "reason": ""})
        self.socket.close()
        self.web.close()


@pytest.fixture
def agent(live_desk: LiveDesk) -> Iterator[Agent]:
    """Елена, at work."""
    person = Agent(live_desk, "e.voronova@lad.example")
    yield person
    person.leave()
