"""``kill -9`` in the middle of a conversation: nothing written is lost, doubled or out of order, no page reloads."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import people
from tests.browser import WIDE, Borrower
from tests.desk import Desk, running
from tests.inbox_desk import Inbox
from tests.people import ELENA, Writer, until, writes

pytestmark = [pytest.mark.running, pytest.mark.browser]

RECOVERY = 60_000  # milliseconds in which everything must have arrived after a kill
AT_ONCE = 4  # messages of each while the program is down or coming up
LOG = """
select entry.public_seq, entry.author_kind, entry.body from chat_entry entry
join chat_conversation conversation on conversation.id = entry.conversation_id
join identity_borrower borrower on borrower.id = conversation.borrower_id
where borrower.full_name = %s and conversation.channel = 'chat' and conversation.closed_at is null
and entry.kind = 'message' order by entry.seq
"""
LETTERS = "select count(*) from chat_conversation where subject = %s"


@dataclass
class Talk:
    """Anna in the widget and Elena in the inbox, in one conversation that goes on over every kill."""

    desk: Desk
    anna: Borrower
    elena: Inbox
    said: dict[str, list[str]] = field(default_factory=lambda: {"borrower": [], "staff": []})

    def begin(self) -> None:
        self.anna.ask("Здравствуйте! Сколько осталось платить?", "Платежи и списания")
        self.said["borrower"].append("Здравствуйте! Сколько осталось платить?")
        expect(self.elena.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва", timeout=RECOVERY)
        self.elena.open(1)
        for page in (self.anna.page, self.elena.page):
            page.evaluate(people.MARK)
        self.anna.widget.locator("body").evaluate(f"() => {{ {people.MARK} }}")

    def exchange(self, what: str) -> None:
        """Each writes one message; neither waits for anything."""
        self.said["borrower"].append(f"Анна: {what}")
        self.anna.field.fill(f"Анна: {what}")
        self.anna.field.press("Enter")
        self.said["staff"].append(f"Елена: {what}")
        writes(self.elena, f"Елена: {what}")

    def settle(self) -> None:
        """Everything written so far is acknowledged to its author and shown to the other."""
        last = {who: texts[-1] for who, texts in self.said.items() if texts}
        for text in last.values():
            for log in (self.anna.log, self.elena.log):
                expect(log.get_by_text(text, exact=True)).to_be_visible(timeout=RECOVERY)
        people.is_delivered(self.anna, last["borrower"])
        until(lambda: self.stored_of("staff")[-1:] == [last["staff"]], "the last answer is stored")

    def stored(self) -> list[tuple[int, str, str]]:
        return list(query(self.desk, LOG, people.ANNA))

    def stored_of(self, who: str) -> list[str]:
        return [body for _, author, body in self.stored() if author == who]


def query(desk: Desk, statement: str, *values: Any) -> list[Any]:
    """Ask the desk's Postgres itself, as soon as it answers."""
    address = json.loads((desk.var / "services.json").read_text())["DATABASE_URL"]

    def ask() -> list[Any] | None:
        try:
            connection = psycopg2.connect(address)
        except psycopg2.OperationalError:
            return None
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            rows = [(*row,) for row in cursor.fetchall()]
        connection.close()
        return rows or [()]

    return [row for row in until(ask, "Postgres answers") if row]


def shown(log: Any) -> list[str]:
    """What people said, from the top to the bottom of the page."""
    texts: list[str] = log.locator("[data-part=bubble] [data-part=body]").all_inner_texts()
    return texts


def kill(desk: Desk, name: str) -> None:
    os.kill(desk.pid(name), signal.SIGKILL)


def nothing_is_lost_doubled_or_out_of_order(talk: Talk) -> None:
    stored = talk.stored()
    bodies = [body for _, _, body in stored]
    assert talk.stored_of("borrower") == talk.said["borrower"]
    assert talk.stored_of("staff") == talk.said["staff"]
    assert [seq for seq, _, _ in stored] == sorted({seq for seq, _, _ in stored})
    until(lambda: shown(talk.anna.log) == bodies, "Anna sees the conversation as it is stored", 15)
    until(lambda: shown(talk.elena.log) == bodies, "Elena sees the conversation as it is stored", 15)


def no_page_was_reloaded(talk: Talk) -> None:
    assert talk.anna.page.evaluate("window.neverReloaded")
    assert talk.elena.page.evaluate("window.neverReloaded")
    assert talk.anna.widget.locator("body").evaluate("() => window.neverReloaded")


def go_on_over_a_kill_of(talk: Talk, name: str) -> None:
    killed = talk.desk.pid(name)
    for number in range(2):
        talk.exchange(f"до {name} {number}")
    kill(talk.desk, name)
    for number in range(AT_ONCE):
        talk.exchange(f"без {name} {number}")
    talk.desk.wait(lambda: talk.desk.pid(name) not in {0, killed}, f"{name} is started again")
    talk.exchange(f"после {name}")
    talk.settle()


@pytest.fixture(scope="module")
def new_talk(chromium: Browser) -> Iterator[Callable[[Desk], Talk]]:
    pages: list[Page] = []

    def begin(desk: Desk) -> Talk:
        contexts = [chromium.new_context(locale="ru-RU", timezone_id="Europe/Moscow", **WIDE) for _ in "ae"]  # type: ignore[arg-type]
        elena = people.at_work(contexts[0], desk, ELENA)
        talk = Talk(desk, people.borrower(contexts[1], desk), elena)
        pages.extend([elena.page, talk.anna.page])
        talk.begin()
        return talk

    yield begin
    for page in pages:
        page.context.close()


@pytest.fixture(scope="module")
def talk(new_talk: Callable[[Desk], Talk]) -> Iterator[Talk]:
    with running() as desk:
        yield new_talk(desk)


@pytest.mark.parametrize("name", ["web", "worker", "redis", "postgres"])
def test_a_conversation_goes_on_over_a_kill_of(talk: Talk, name: str) -> None:
    go_on_over_a_kill_of(talk, name)
    nothing_is_lost_doubled_or_out_of_order(talk)
    no_page_was_reloaded(talk)
    expect(talk.elena.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва")


def test_letters_are_taken_in_once_whatever_is_killed(talk: Talk) -> None:
    writer = Writer(talk.desk, "Ирина Лаптева", "irina.lapteva@mail.example")
    subjects = {name: f"Справка, а {name} упал" for name in ("worker", "mailwatch", "redis")}
    for name, subject in subjects.items():
        writer.writes(subject, "Пришлите справку о закрытии займа.")
        kill(talk.desk, name)
    for subject in subjects.values():
        expect(talk.elena.page.locator(".mailrow", has_text=subject)).to_have_count(1, timeout=RECOVERY)
        assert query(talk.desk, LETTERS, subject) == [(1,)]
    no_page_was_reloaded(talk)


def test_a_conversation_goes_on_over_a_kill_of_the_other_web_server(new_talk: Callable[[Desk], Talk]) -> None:
    with running(SERVER="uvicorn") as desk:
        talk = new_talk(desk)
        go_on_over_a_kill_of(talk, "web")
        nothing_is_lost_doubled_or_out_of_order(talk)
        no_page_was_reloaded(talk)
