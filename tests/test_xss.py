"""Texts that would like to be scripts, shown by every page in a real browser: none runs, all stand as typed.

``SD_XSS=400 pytest tests/test_xss.py -s`` takes all of them and prints a table; a smaller number takes a sample of
every kind. Without it twelve are taken.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from playwright.sync_api import TimeoutError as Late

from tests.browser import PATIENCE, ROOT, Agent, Borrower, LiveDesk
from tests.inbox_desk import OLGA, sign_in
from tests.live_seed import PASSWORD
from tests.xss.payloads import COUNT, marked, packs, payloads, sample, together
from tests.xss.watch import PATIENCE as SLOW
from tests.xss.watch import Watch, whole_log

AT_ONCE = 25  # texts of one round
ASKED = int(os.environ.get("SD_XSS", "12"))
DMITRY, IVAN = "d.orlov@lad.example", "i.lebedev@lad.example"
TEXTS = sample(ASKED)
TURNS = -(-len(TEXTS) // AT_ONCE)
ROUNDS = [TEXTS[at::TURNS] for at in range(TURNS)]  # something of every kind in each
NewContext = Callable[..., BrowserContext]
LOG = "support-conversation"
PUBLIC = {
    "borrower": "borrower's messages",
    "staff": "staff's messages",
    "file": "names of files",
    "agent": "facts: agent",
}
STAFF = {
    "borrower": "borrower's messages",
    "staff": "staff's messages",
    "note": "notes and whom they mention",
    "file": "names of files",
    "taken": "facts: topic of a taken chat",
    "to": "facts: to whom it was handed",
    "summary": "summary of a transfer",
    "topic": "facts: topic",
}
SCREEN: Any = {"width": 1440, "height": 900}
LETTER = {"subject": "[data-head]", "letter": LOG, "from": LOG, "quoted": ".fold", "sender": LOG}


class Visit:
    """One round: its texts in every place of the desk, and the people who look."""

    def __init__(self, desk: LiveDesk, watch: Watch, texts: list[str]) -> None:
        self.desk, self.watch, self.texts = desk, watch, texts
        command = [sys.executable, "-m", "tests.xss.world"]
        made = subprocess.run(
            command,
            cwd=ROOT,
            env=desk.environment,
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stderr[-3000:]
        self.world: dict[str, Any] = json.loads(made.stdout)
        self.database = psycopg2.connect(desk.environment["DATABASE_URL"])
        self.database.autocommit = True

    def put(self, statement: str, *values: Any) -> None:
        with self.database.cursor() as cursor:
            cursor.execute(statement, values)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        with self.database.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def marked(self, place: str) -> list[str]:
        return [marked(text, place) for text in self.texts]

    def cut(self, length: int) -> list[str]:
        return [text[:length] for text in self.texts]


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    watch = Watch()
    expect.set_options(timeout=SLOW)
    yield watch
    expect.set_options(timeout=PATIENCE)
    print(f"\n{watch.table()}")


@pytest.fixture(scope="module")
def people(live_desk: LiveDesk, chromium: Browser, watch: Watch) -> dict[str, Page]:
    """Pages of an agent, a supervisor and an administrator, signed in and followed from there."""
    make = f"from identity import actions as i; i.create_staff(email={IVAN!r}, full_name='Иван', display_name='Иван', "
    with suppress(AssertionError):  # there since an earlier try
        live_desk.shell(f"{make}role='admin', password={PASSWORD!r})")
    context = {email: chromium.new_context(locale="ru-RU", viewport=SCREEN) for email in (DMITRY, OLGA, IVAN)}
    pages = {email: sign_in(context[email], live_desk, email) for email in context}
    for page in pages.values():
        page.goto("about:blank")  # or the shift would ask for itself again and again
        watch.follow(page.context)
    return pages


@pytest.mark.parametrize("texts", ROUNDS, ids=[f"round_{at}" for at in range(1, TURNS + 1)])
def test_nothing_that_people_write_runs_anywhere_and_everything_stands_as_typed(
    live_desk: LiveDesk, new_context: NewContext, people: dict[str, Page], watch: Watch, texts: list[str]
) -> None:
    visit = Visit(live_desk, watch, texts)
    with closing(visit.database):
        see_widget(visit, new_context())
        see_inbox(visit, people[DMITRY])
        see_shift(visit, people[OLGA])
        see_borrowers(visit, people[OLGA])
        see_quality(visit, people[OLGA])
        see_lists(visit, people[IVAN])
        see_mail(visit, people[IVAN])
    assert not watch.ran
    assert not watch.broken
    assert not {(row.where, row.what): row.lost for row in watch.rows.values() if row.lost}


def test_there_are_four_hundred_texts_each_with_a_number_of_its_own() -> None:
    assert len(set(payloads())) == COUNT == 400


def test_the_watch_sees_what_runs_and_what_a_policy_would_have_stopped(chromium: Browser) -> None:
    """Or the zeros below would mean nothing."""
    watch, context = Watch(), chromium.new_context()
    watch.follow(context)
    page = context.new_page()
    policy = "<meta http-equiv=content-security-policy content=\"img-src 'none'\">"
    context.route(
        "http://127.0.0.1/seen/", lambda route: route.fulfill(body=f"{policy}<p>typed</p>", content_type="text/html")
    )
    page.goto("http://127.0.0.1/seen/")
    page.evaluate(
        "document.body.append(document.createRange().createContextualFragment('<script>xss(1)</' + 'script>'))"
    )
    page.evaluate("document.body.append(Object.assign(new Image(), {src: '//xss.invalid/2'}))")
    page.evaluate("alert(3)")
    page.wait_for_timeout(200)
    watch.sees(page, "page", "place", ["typed", "other"])
    assert len(watch.ran) >= 2 and watch.broken
    assert watch.rows["page", "place"].lost == ["other"]
    context.close()


def see_widget(visit: Visit, context: BrowserContext) -> None:
    watch, desk = visit.watch, visit.desk
    watch.follow(context)
    page = context.new_page()
    page.goto(desk.lender.address(visit.world["customer"], name="Анна", first_name="Анна"))
    borrower = Borrower(page, desk, visit.world["customer"])
    with watch.at("widget", "chat: borrower's messages"):
        borrower.open()
        expect(borrower.field).to_be_visible()
        frame = next(frame for frame in page.frames if "/widget/" in frame.url)
        whole_log(frame)
    for place, what in PUBLIC.items():
        watch.sees(frame, "widget", f"chat: {what}", visit.marked(place), LOG)
    with watch.at("widget", "History: subjects"):
        borrower.widget.get_by_role("link", name="Все обращения").last.click()
        expect(borrower.widget.locator("[data-ref=history] a").nth(len(visit.texts) - 1)).to_be_visible()
    watch.sees(frame, "widget", "History: subjects", visit.marked("past"), "[data-ref=history]")
    borrower.widget.get_by_role("button", name="Новый вопрос").click()
    expect(borrower.widget.locator("[data-ref=topics] button").nth(len(visit.texts) - 1)).to_be_visible()
    watch.sees(frame, "widget", "home: topics", visit.cut(120), "[data-ref=topics]")
    see_first_names(visit, borrower, frame)
    see_teasers(visit, borrower)


def see_first_names(visit: Visit, borrower: Borrower, frame: Any) -> None:
    """All of them in one name, put into the answer on its way: the field keeps eighty letters."""
    names = visit.cut(80)

    def rename(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        said["borrower"]["first_name"] = " · ".join(names)
        route.fulfill(response=answer, json=said)

    borrower.page.context.route("**/api/v1/home", rename)
    greeting = "document.querySelector('[data-ref=greeting]').textContent"
    with visit.watch.at("widget", "home: first name"):
        borrower.widget.get_by_role("link", name="Все обращения").first.click()
        borrower.widget.get_by_role("button", name="Новый вопрос").click()
        frame.wait_for_function(f"() => {greeting}.includes(' · ')")
    visit.watch.sees(frame, "widget", "home: first name", names, "[data-ref=greeting]")
    borrower.page.context.unroute("**/api/v1/home")


def see_teasers(visit: Visit, borrower: Borrower) -> None:
    """Over the lender's page: what an agent says while the chat is closed, as it comes over the socket."""
    agent, page = Agent(visit.desk, DMITRY), borrower.page
    page.keyboard.press("Escape")
    expect(borrower.widget.get_by_role("dialog")).to_be_hidden()
    teaser = "document.querySelector('[data-supportdesk]').shadowRoot.querySelector('.t span').textContent"
    for text in visit.texts:
        with visit.watch.at("lender's page", "teaser of a message") as row:
            said = marked(text, "teaser").strip()
            agent.socket.posted(visit.world["conversation"], said)
            row.texts += 1
            try:
                page.wait_for_function(f"(said) => {teaser} === said.slice(0, 140)", arg=said, timeout=30_000)
            except Late:
                row.lost.append(text)
    agent.leave()


def see_inbox(visit: Visit, page: Page) -> None:
    watch = visit.watch
    with watch.at("inbox", "chat: borrower's messages"):
        page.goto(f"{visit.desk.url}/inbox/{visit.world['ticket']}/")
        whole_log(page)
        expect(page.locator("[data-context-body] .who").first).to_be_visible()
    for place, what in STAFF.items():
        watch.sees(page, "inbox", f"chat: {what}", visit.marked(place), LOG)
    expect(page.locator("#reply")).not_to_have_value("")
    watch.sees(page, "inbox", "draft in the field", visit.marked("draft"), ".comp")
    watch.sees(page, "inbox", "scenario: steps", visit.marked("step"), "[data-context-body]")
    watch.sees(page, "inbox", "letters: subjects", visit.marked("subject"), ".places")
    watch.sees(page, "inbox", "chats: names of borrowers", visit.marked("name"), ".places")
    see_answers(visit, page)
    see_colleagues(visit, page)
    see_letters(visit, page)


def see_answers(visit: Visit, page: Page) -> None:
    with visit.watch.at("inbox", "saved replies"):
        page.locator("#reply").fill("/")
        expect(page.locator("[data-canned-list] [role=option]").nth(len(visit.texts) - 1)).to_be_attached()
    for _ in visit.texts:
        chosen = page.locator("[data-canned-list] [aria-selected=true]").inner_text()
        text = visit.texts[int(re.findall(r"/x-\w+-(\d+)", chosen)[0])]
        if "{" not in text:  # what stands in braces is filled in
            visit.watch.sees(page, "inbox", "saved replies", [text], "[data-canned-preview]")
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")


def see_colleagues(visit: Visit, page: Page) -> None:
    with visit.watch.at("inbox", "transfer: names of colleagues"):
        page.locator("button[data-act=transfer]:visible").first.click()
        expect(page.locator("[data-agents] input").nth(len(visit.texts) - 1)).to_be_attached()
    visit.watch.sees(page, "inbox", "transfer: names of colleagues", visit.marked("colleague"), "[data-agents]")
    page.keyboard.press("Escape")


def see_letters(visit: Visit, page: Page) -> None:
    """Each letter opened: its head, who wrote from where, the text, what it quotes, the panel beside it."""
    numbers = visit.rows(
        "select number from tickets_ticket where channel = 'email' and status = 'open' and assignee_id is not null"
        " order by number"
    )
    for (number,), pack in zip(numbers, packs(visit.texts, "subject", 200), strict=True):
        with visit.watch.at("inbox", "letter: subject"):
            page.goto(f"{visit.desk.url}/inbox/{number}/")
            expect(page.locator("support-conversation details.fold:not([data-checked])")).to_have_count(len(pack))
            expect(page.locator("[data-identity]").first).to_be_visible()
            page.wait_for_function("document.title.includes('⟨')")  # the desk writes it once a second
        for place, within in LETTER.items():
            visit.watch.sees(page, "inbox", f"letter: {place}", [marked(text, place) for text in pack], within)
        see_title(visit, page, "inbox", [marked(text, "subject") for text in pack])


def see_title(visit: Visit, page: Page, where: str, texts: list[str]) -> None:
    visit.watch.sees(page, where, "title of the document", texts, "head")


def see_shift(visit: Visit, page: Page) -> None:
    watch, url = visit.watch, visit.desk.url
    with watch.at("shift", "names of borrowers"):
        page.goto(f"{url}/supervise/")
    watch.sees(page, "shift", "names of borrowers", visit.marked("name"), "[aria-labelledby=open-h]")
    watch.sees(page, "shift", "topics", visit.cut(120), "[aria-labelledby=open-h]")
    watch.sees(page, "shift", "names of agents", visit.marked("colleague"), "[aria-labelledby=agents-h]")
    with watch.at("supervisor's live view", "borrower's messages"):
        page.goto(f"{url}/supervise/{visit.world['ticket']}/")
        whole_log(page)
    for place, what in STAFF.items():
        watch.sees(page, "supervisor's live view", what, visit.marked(place), LOG)
    numbers = visit.rows(
        "select t.number from tickets_ticket t join chat_conversation c on c.id = t.conversation_id"
        " join identity_borrower b on b.id = c.borrower_id where b.customer_id like %s order by t.number",
        f"x-{visit.world['mark']}-p%",
    )
    for (number,), pack in zip(numbers, packs(visit.texts, "named", 200), strict=True):
        names = [marked(text, "named") for text in pack]
        with visit.watch.at("supervisor's live view", "name of the borrower"):
            page.goto(f"{url}/supervise/{number}/")
        watch.sees(page, "supervisor's live view", "name of the borrower", names, "#conv-h")
        see_title(visit, page, "supervisor's live view", names)


def see_borrowers(visit: Visit, page: Page) -> None:
    watch, url = visit.watch, visit.desk.url
    with watch.at("borrowers", "names and cities"):
        page.goto(f"{url}/borrowers/")
    watch.sees(page, "borrowers", "names and cities", visit.marked("name") + visit.cut(80), "#found")
    for text in visit.texts:
        with watch.at("borrowers", "what was searched for"):
            page.goto(f"{url}/borrowers/?{urlencode({'query': f'{text} ничего'})}")
        watch.sees(page, "borrowers", "what was searched for", [text.strip().splitlines()[0][:80]], "#found")
    with watch.at("borrower's History", "subjects"):
        page.goto(f"{url}/borrowers/{visit.world['borrower']}/")
    watch.sees(page, "borrower's History", "subjects", visit.marked("past"), ".tl")
    with watch.at("borrower's History", "transcript of the past"):
        page.locator(f"[data-past-conversation='{visit.world['conversation']}']").click()
        whole_log(page, f"dialog {LOG}")
    for place in STAFF:
        watch.sees(page, "borrower's History", "transcript of the past", visit.marked(place), f"dialog {LOG}")


def see_quality(visit: Visit, page: Page) -> None:
    watch, url = visit.watch, visit.desk.url
    with watch.at("quality", "overview"):
        page.goto(f"{url}/quality/")
    assert visit.world["score"]
    with watch.at("score", "transcript"):
        page.goto(f"{url}/quality/scores/{visit.world['score']}/")
    for place in ("borrower", "staff", "note"):
        watch.sees(page, "score", "transcript", visit.marked(place), "[data-transcript]")
    watch.sees(page, "score", "rating's comment", visit.marked("comment"), ".tr__end")
    watch.sees(page, "score", "reviewer's comment", visit.marked("comment"), ".cr-all")


def see_lists(visit: Visit, page: Page) -> None:
    watch, url = visit.watch, visit.desk.url
    with watch.at("letters set aside", "senders and subjects"):
        page.goto(f"{url}/letters/quarantine/")
    watch.sees(
        page, "letters set aside", "senders and subjects", visit.marked("from") + visit.marked("subject"), ".tbl"
    )
    with watch.at("staff", "names"):
        page.goto(f"{url}/staff/")
    watch.sees(page, "staff", "names", visit.marked("colleague"))
    for name in ("reports", "operations"):
        with watch.at(name, "whatever it shows"):
            page.goto(f"{url}/{name}/")
    for pack in packs(visit.texts, "own", 200):
        with watch.at("profile", "own name"):
            name = together(pack, "own")
            visit.put(
                "update identity_user set full_name = %s, display_name = %s where email = %s", name, name[:60], IVAN
            )
            page.goto(f"{url}/profile/")
        watch.sees(page, "profile", "own name", [marked(text, "own") for text in pack], "h1")


def see_mail(visit: Visit, page: Page) -> None:
    """What goes out as HTML, as a mail program would show it; a line break is a mark there."""
    with visit.watch.at("mail going out", "HTML part"):
        page.goto("about:blank")
        page.set_content(visit.world["mail"])
    lines = [line for text in visit.texts for line in text.replace("\r\n", "\n").split("\n") if line]
    visit.watch.sees(page, "mail going out", "HTML part", lines)
