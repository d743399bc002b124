"""The widget as browsers get it: joined, with short names, the rest fetched with the first message and no sooner."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Request, expect

from supportdesk.processes import free_port
from tests.browser import Agent, Borrower, LenderSite, LiveDesk, serve_lender
from tests.test_widget import served

NewBorrower = Callable[..., Borrower]
BUDGET = 15_000


@pytest.fixture(scope="module")
def lean_desk(live_desk: LiveDesk) -> Iterator[LiveDesk]:
    """A second server of the same desk, with collected files, and a lender's page that shows its widget."""
    port, lender_port = free_port(), free_port()
    url, lender_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{lender_port}"
    origins = {"PUBLIC_URL": url, "LENDER_ORIGINS": lender_url, "DEBUG": "0", "SECRET_KEY": "only for this test" * 4}
    lender = LenderSite(lender_url, url, serve_lender(lender_port, url))
    desk = replace(live_desk, url=url, lender=lender, environment=live_desk.environment | origins)
    desk.shell("from supportdesk import storage; storage.collect()")
    desk.start()
    yield desk
    desk.stop()
    lender.server.shutdown()


@pytest.fixture
def lean_borrower(lean_desk: LiveDesk, new_borrower: NewBorrower) -> Borrower:
    """Somebody on that lender's page, with what the frame fetched so far."""
    borrower = new_borrower()
    borrower.desk = lean_desk
    borrower.page.goto("about:blank")
    return borrower


def fetched(borrower: Borrower) -> dict[str, int]:
    """Sizes on the wire of every script and style of the frame, kept up to date."""
    sizes: dict[str, int] = {}

    def note(request: Request) -> None:
        if request.resource_type in {"script", "stylesheet"} and "/static/" in request.url:
            sizes[request.url.rpartition("/")[2]] = request.sizes()["responseBodySize"]

    borrower.page.on("requestfinished", note)
    return sizes


def test_all_that_is_fetched_before_the_first_message_weighs_at_most_15_000_bytes(lean_borrower: Borrower) -> None:
    borrower = lean_borrower
    sizes = fetched(borrower)
    borrower.page.goto(borrower.desk.lender.address(borrower.customer))
    borrower.pick()
    borrower.connected()
    borrower.field.fill("Деньги списали два раза")
    expect(borrower.widget.get_by_role("button", name="Отправить")).to_be_enabled()
    assert set(sizes) == {"widget.css", "widget.js"}, sizes
    print(sizes, sum(sizes.values()))
    assert sum(sizes.values()) <= BUDGET, sizes
    borrower.field.press("Enter")
    expect(borrower.message("Деньги списали").get_by_role("img", name="доставлено")).to_be_visible()
    assert {"course.js", "widget_later.css"} <= set(sizes)


def test_the_lean_widget_goes_all_the_way_from_the_question_to_the_rating(
    lean_borrower: Borrower, agent: Agent
) -> None:
    borrower = lean_borrower
    borrower.page.goto(borrower.desk.lender.address(borrower.customer))
    chat = served(borrower, agent)
    agent.types(chat)
    expect(borrower.log.get_by_text("Елена печатает")).to_be_visible()
    agent.says(chat, "Готово: https://lad.example/pay")
    expect(borrower.log.get_by_role("link", name="https://lad.example/pay")).to_be_visible()
    borrower.widget.locator("input[type=file]").set_input_files(
        {"name": "справка.txt", "mimeType": "text/plain", "buffer": "Справка".encode()}
    )
    expect(borrower.log.get_by_text("справка.txt")).to_be_visible()
    borrower.widget.get_by_role("link", name="Все обращения").first.click()
    expect(borrower.widget.get_by_role("heading", name="Все обращения")).to_be_visible()
    expect(borrower.widget.locator("[data-ref=history] a")).to_have_count(1)
    borrower.widget.locator("[data-ref=history] a").click()
    agent.finishes(chat)
    borrower.widget.locator("label:has(input[value='5'])").click()
    borrower.widget.get_by_role("button", name="Отправить оценку").click()
    expect(borrower.log.get_by_text(re.compile("Спасибо"))).to_be_visible()


def test_a_first_message_without_a_network_is_painted_and_leaves_when_it_is_back(lean_borrower: Borrower) -> None:
    borrower = lean_borrower
    borrower.page.goto(borrower.desk.lender.address(borrower.customer))
    borrower.pick()
    borrower.connected()
    borrower.page.context.set_offline(True)
    borrower.say("Пишу в метро")
    expect(borrower.message("Пишу в метро").get_by_role("img", name="ждёт отправки")).to_be_visible()
    expect(borrower.widget.get_by_text("Нет сети. Сообщения уйдут, когда связь вернётся")).to_be_visible()
    borrower.page.context.set_offline(False)
    expect(borrower.message("Пишу в метро").get_by_role("img", name="доставлено")).to_be_visible()
    expect(borrower.message("Пишу в метро")).to_have_count(1)
    expect(borrower.log.get_by_text("Сегодня")).to_be_visible()
