"""A whole visit of a borrower: the end and the rating, History, languages, themes, signing out, who talks to whom."""

import gzip
import re
import shutil
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.finders import get_finders
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from chat.views import FIRST_MODULES, LATER_MODULES, LOADER
from supportdesk.bundling import closure
from supportdesk.storage import LeanStorage
from tests.browser import Agent, Borrower, LiveDesk
from tests.test_widget import api_of, served

NewBorrower = Callable[..., Borrower]
STATIC = Path(__file__).resolve().parent.parent / "static"
KILOBYTE = 1024


def finished(borrower: Borrower, agent: Agent) -> dict[str, Any]:
    """A chat that was answered and ended by the agent, in front of the borrower."""
    question = f"Вопрос {uuid.uuid4().hex[:6]}"
    borrower.ask(question)
    chat = agent.takes(question)
    agent.says(chat, "Готово: займ продлён до 28 декабря")
    expect(borrower.message("Готово: займ продлён")).to_be_visible()
    agent.finishes(chat)
    return chat


# The end


def test_the_end_asks_for_a_rating_with_words_and_thanks_once(borrower: Borrower, agent: Agent) -> None:
    finished(borrower, agent)
    expect(borrower.widget.get_by_role("heading", name="Как мы справились?")).to_be_visible()
    send = borrower.widget.get_by_role("button", name="Отправить оценку")
    expect(send).to_be_disabled()
    borrower.widget.get_by_role("radio", name="4, хорошо").check(force=True)
    expect(borrower.widget.get_by_text("Хорошо", exact=True)).to_be_visible()
    borrower.widget.get_by_role("button", name="Да", exact=True).click()
    borrower.picture("widget-rating")
    borrower.widget.get_by_label("Комментарий, необязательно").fill("Быстро и понятно")
    send.click()
    expect(borrower.log.get_by_text("Спасибо, учтём")).to_be_visible()
    expect(borrower.widget.get_by_role("heading", name="Как мы справились?")).to_be_hidden()


def test_a_borrower_ends_the_chat_and_a_reply_reopens_the_same_one(
    borrower: Borrower, agent: Agent, live_desk: LiveDesk
) -> None:
    question = f"Вопрос {uuid.uuid4().hex[:6]}"
    borrower.ask(question)
    chat = agent.takes(question)
    agent.says(chat, "Ответ на вопрос")
    expect(borrower.message("Ответ на вопрос")).to_be_visible()
    borrower.widget.get_by_role("button", name="Завершить диалог").click()
    borrower.widget.get_by_role("button", name="Пропустить").click()
    borrower.say("Ещё одно уточнение")
    expect(borrower.message("Ещё одно уточнение").get_by_role("img", name="доставлено")).to_be_visible()
    entries = agent.api("GET", f"/conversations/{chat['conversation']}/entries?limit=100")["entries"]
    assert entries[-1]["body"] == "Ещё одно уточнение", "the same conversation goes on"


def test_the_history_lists_conversations_and_a_closed_one_is_read_only_and_can_be_asked_about(
    borrower: Borrower, agent: Agent, live_desk: LiveDesk
) -> None:
    finished(borrower, agent)
    borrower.widget.get_by_role("button", name="Пропустить").click()
    borrower.widget.get_by_role("link", name="Все обращения").last.click()
    row = borrower.widget.get_by_role("link", name=re.compile("Платежи и списания.*Решено.*оценки нет"))
    expect(row).to_be_visible()
    borrower.picture("widget-history")
    row.click()
    expect(borrower.message("Готово: займ продлён")).to_be_visible()
    expect(borrower.field).to_be_hidden()
    borrower.widget.get_by_role("button", name="Спросить об этом").click()
    expect(borrower.field).to_be_visible()
    borrower.say("А можно ещё раз?")
    expect(borrower.message("А можно ещё раз?").get_by_role("img", name="доставлено")).to_be_visible()
    told = live_desk.shell(
        "from tickets.models import Ticket\n"
        "new = Ticket.objects.order_by('-number').select_related('previous__topic').first()\n"
        "print(new.previous.topic.code, new.previous.status)"
    )
    assert told.strip() == "payments resolved", "the new ticket goes on from the one that was read"


def test_a_borrower_who_waits_may_cancel_after_a_second_thought(borrower: Borrower, live_desk: LiveDesk) -> None:
    borrower.ask("Передумаю")
    borrower.widget.get_by_role("button", name="Отменить").click()
    expect(borrower.widget.get_by_role("button", name="Подождать ещё")).to_be_focused()
    borrower.widget.get_by_role("button", name="Подождать ещё").click()
    expect(borrower.widget.get_by_role("button", name="Да, отменить")).to_be_hidden()
    borrower.widget.get_by_role("button", name="Отменить").click()
    borrower.widget.get_by_role("button", name="Да, отменить").click()
    expect(borrower.widget.get_by_role("heading", name="Анна, здравствуйте")).to_be_visible()
    expect(borrower.widget.locator("[data-ref=open]")).to_be_hidden()
    with api_of(live_desk, borrower.customer) as api:
        assert api.get("/home").json()["open_conversation"] is None
        assert [row["status"] for row in api.get("/history").json()] == ["resolved"]


# An agent begins


def test_a_chat_that_an_agent_begins_reaches_an_idle_widget_at_once(borrower: Borrower, agent: Agent) -> None:
    finished(borrower, agent)
    borrower.page.reload()
    borrower.connected()
    chat = agent.begins(borrower.customer)
    agent.says(chat, "Анна, завтра день платежа. Помочь с продлением?")
    expect(borrower.launcher.last).to_have_accessible_name("Открыть чат, 1 новое сообщение")
    expect(borrower.page.locator("[data-supportdesk] .t")).to_contain_text("завтра день платежа")
    borrower.launcher.last.click()
    expect(borrower.message("завтра день платежа")).to_be_visible()
    expect(borrower.widget.get_by_role("heading", name="Елена")).to_be_visible()
    expect(borrower.widget.locator("[data-ref=initials]")).to_have_text("ЕВ")


def test_a_chat_that_an_agent_begins_stands_first_on_an_open_home_screen(borrower: Borrower, agent: Agent) -> None:
    finished(borrower, agent)
    borrower.page.reload()
    borrower.open()
    borrower.connected()
    agent.begins(borrower.customer)
    expect(borrower.widget.locator("[data-ref=open]")).to_be_visible(timeout=3000)


# One soft sound

COUNT = """() => { window.notes = 0; const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) { window.notes += 1; start.call(this, at); }; }"""
SOUNDED = "() => new Promise((done) => { const look = () => (window.notes ? done() : setTimeout(look, 20)); look(); })"


def test_a_message_that_is_not_looked_at_sounds_once(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    frame = borrower.widget.locator("body")
    frame.evaluate(COUNT)
    agent.says(chat, "Это я вижу")
    expect(borrower.message("Это я вижу")).to_be_visible()
    borrower.page.keyboard.press("Escape")
    agent.says(chat, "Раз", "Два")
    frame.evaluate(SOUNDED)
    expect(borrower.launcher.last).to_have_accessible_name(re.compile("2 новых"))
    assert frame.evaluate("() => window.notes") == 1


def test_a_borrower_who_wants_no_sound_hears_none(borrower: Borrower, agent: Agent) -> None:
    chat = served(borrower, agent)
    frame = borrower.widget.locator("body")
    frame.evaluate(COUNT)
    borrower.page.keyboard.press("Escape")
    borrower.launcher.last.click()
    borrower.widget.get_by_role("link", name="Все обращения").last.click()
    borrower.widget.get_by_role("button", name="Новый вопрос").click()
    switch = borrower.widget.get_by_role("switch", name="Звук нового сообщения")
    switch.click()
    expect(switch).not_to_be_checked()
    borrower.page.keyboard.press("Escape")
    agent.says(chat, "Тихо")
    expect(borrower.launcher.last).to_have_accessible_name(re.compile("1 нов"))
    assert frame.evaluate("() => window.notes") == 0


# Languages and looks


def test_the_widget_speaks_the_borrowers_language_even_on_a_page_of_another(
    new_borrower: NewBorrower, live_desk: LiveDesk
) -> None:
    borrower = new_borrower(language="en")
    expect(borrower.launcher).to_have_accessible_name("Open chat")
    borrower.open()
    expect(borrower.widget.get_by_role("heading", name="Hello, Анна")).to_be_visible()
    expect(borrower.widget.get_by_role("button", name="Payments and charges")).to_be_visible()
    borrower.picture("widget-home-en")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_no_screen_has_an_accessibility_violation(
    new_borrower: NewBorrower, agent: Agent, dark: bool, phone: bool
) -> None:
    borrower = new_borrower(dark=dark, phone=phone)
    name = f"widget-{'phone' if phone else 'desktop'}-{'dark' if dark else 'light'}"
    borrower.open()
    expect(borrower.widget.get_by_role("button", name="Платежи и списания")).to_be_visible()
    check(borrower, f"{name}-home")
    question = f"Здравствуйте, вопрос {uuid.uuid4().hex[:6]}"
    borrower.widget.get_by_role("button", name="Платежи и списания").click()
    borrower.say(question)
    chat = agent.takes(question)
    agent.says(chat, "Анна, здравствуйте! Да, займ можно продлить — сейчас посмотрю условия по вашему договору.")
    expect(borrower.message("Да, займ можно продлить")).to_be_visible()
    check(borrower, f"{name}-chat")
    agent.finishes(chat)
    expect(borrower.widget.get_by_role("heading", name="Как мы справились?")).to_be_visible()
    check(borrower, f"{name}-rating")
    borrower.widget.get_by_role("link", name="Все обращения").last.click()
    expect(borrower.widget.locator("[data-ref=history] a").first).to_be_visible()
    check(borrower, f"{name}-history")


def check(borrower: Borrower, name: str) -> None:
    """A picture to look at, and axe's opinion of the frame and of the page around it."""
    borrower.picture(name)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    for frame in borrower.page.frames[1:]:
        problems: Any = Axe().run(frame, options=rules).response["violations"]  # type: ignore[arg-type]
        assert not problems, [(one["id"], [node["html"][:300] for node in one["nodes"]]) for one in problems]


# Who may talk to the frame


def test_signing_out_on_the_lenders_page_ends_the_session_and_forgets_the_draft_in_every_tab(
    new_borrower: NewBorrower, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    first = new_borrower(context=context)
    first.ask()
    first.field.fill("Секретный черновик")
    second = new_borrower(context=context, customer=first.customer)
    second.open()
    expect(second.message("Деньги списали два раза")).to_be_visible()
    first.page.evaluate("supportdesk.logout()")
    expect(first.page.locator("[data-supportdesk]")).to_have_count(0)
    expect(second.widget.get_by_text("Сеанс завершён")).to_be_visible()
    kept = second.widget.locator("body").evaluate("() => Object.keys(localStorage)")
    assert kept == []


def test_a_page_that_is_not_the_lenders_cannot_frame_the_widget(live_desk: LiveDesk, new_borrower: NewBorrower) -> None:
    policy = httpx.get(f"{live_desk.url}/widget/").headers["Content-Security-Policy"]
    assert f"frame-ancestors {live_desk.lender.url}" in policy


def test_messages_of_other_windows_are_ignored_by_both_sides(borrower: Borrower) -> None:
    borrower.ask()
    borrower.page.evaluate("postMessage({supportdesk: 1, type: 'ended'}, '*')")
    borrower.widget.locator("body").evaluate("() => postMessage({supportdesk: 1, type: 'logout'}, '*')")
    borrower.say("Я ещё здесь")
    expect(borrower.message("Я ещё здесь").get_by_role("img", name="доставлено")).to_be_visible()


def test_the_loader_keeps_nothing_in_the_lenders_browser(borrower: Borrower) -> None:
    borrower.ask()
    assert borrower.page.evaluate("[Object.keys(localStorage).length, Object.keys(sessionStorage).length]") == [0, 0]
    assert borrower.page.context.cookies() == []


# Sizes


def test_the_loader_is_small_public_and_kept_for_minutes(client: Client) -> None:
    response = client.get("/loader.js")
    size = len(gzip.compress(response.content, 9))
    print(f"loader.js: {size} bytes gzipped of {3 * KILOBYTE}")
    assert size <= 3 * KILOBYTE
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in response["Cache-Control"]
    assert LOADER.exists()


@pytest.fixture(scope="module")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scripts and styles as browsers get them: collected, without comments and blanks, compressed."""
    folder = tmp_path_factory.mktemp("static")
    storage = LeanStorage(location=folder)
    copies = {name: (source, name) for finder in get_finders() for name, source in finder.list(None)}
    for source, name in copies.values():
        with source.open(name) as content:
            storage.save(name, content)
    assert all(done for *_, done in storage.post_process(dict(copies)))
    return folder


def sent(lean: Path, name: str) -> int:
    """Bytes on the wire: the compressed copy where there is one."""
    packed = lean / f"{name}.gz"
    return (packed if packed.exists() else lean / name).stat().st_size


FIRST = ("widget.css", "w/widget.js")


def test_script_and_style_before_the_first_message_stay_within_their_budget(lean: Path) -> None:
    """15,000 bytes gzipped; that nothing else is fetched until then is seen in a browser, in test_widget_weight.py."""
    for name in (*FIRST, "widget_later.css", *sorted(f"w/{path.name}" for path in (lean / "w").glob("*.js"))):
        print(f"{sent(lean, name):6d}  {name}")
    message = sum(sent(lean, name) for name in FIRST)
    print(f"{message:6d}  before the first message, gzipped")
    assert message <= 15_000


def test_the_lists_of_scripts_say_what_is_imported() -> None:
    """A module that is imported at once but not listed would come late."""
    assert imported("widget/widget.js") - {"widget/widget.js"} == set(FIRST_MODULES)
    assert imported("widget/course.js") - {"widget/widget.js", *FIRST_MODULES} == set(LATER_MODULES)


def imported(name: str) -> set[str]:
    """The module and everything it imports before it runs."""
    return {str(path.relative_to(STATIC)) for path in closure(STATIC / name)}


def test_the_lean_scripts_are_still_scripts(lean: Path) -> None:
    """Private fields, template strings and regular expressions survive; every lean module can be parsed."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    ours = [*(name.relative_to(STATIC) for name in STATIC.rglob("*.js")), *(lean / "w").glob("*.js")]
    read = "require('fs').readFileSync(name, 'utf8')"
    parse = f"for (const name of process.argv.slice(1)) new (require('vm').SourceTextModule)({read})"
    command = [node, "--experimental-vm-modules", "-e", parse, *(str(lean / name) for name in ours)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
