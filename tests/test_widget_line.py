"""What borrowers and agents are told when the line is closed for a reason, or when the desk stores nothing."""

import json
import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser import Borrower, LiveDesk
from tests.inbox_desk import ELENA, sign_in

NewBorrower = Callable[..., Borrower]
FULL = "Сейчас сообщения не сохраняются"


class Wire:
    """Stands between a page and the desk: closes with a code, or refuses as a desk with a full disk does."""

    def __init__(self, page: Page) -> None:
        self.sockets: list[WebSocketRoute] = []
        self.welcomes = 0
        self.is_full = False
        page.route_web_socket(re.compile("/ws/v1/"), self.route)

    def route(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        server = socket.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            sent = json.loads(frame)
            if self.is_full and sent["type"] == "message.post":
                refusal = {"type": "refused", "code": "storage", "retry_after": 1}
                socket.send(json.dumps(refusal | {"id": sent["id"], "conversation": sent["conversation"]}))
            else:
                server.send(frame)

        def hand_on(frame: str | bytes) -> None:
            self.welcomes += json.loads(frame)["type"] == "welcome"
            socket.send(frame)

        socket.on_message(pass_on)
        server.on_message(hand_on)

    def wait(self, page: Page, count: int) -> None:
        """Until the page was welcomed so often; a close before that may be lost."""
        for _ in range(300):
            if self.welcomes == count:
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"{self.welcomes} welcomes, not {count}")

    def close(self, code: int) -> None:
        self.sockets[-1].close(code=code, reason="")


def wired(borrower: Borrower) -> Wire:
    wire = Wire(borrower.page)
    borrower.page.reload()
    borrower.ask()
    return wire


def test_a_chat_that_gave_way_to_other_windows_says_so_and_goes_on_when_asked(borrower: Borrower) -> None:
    wire = wired(borrower)
    wire.close(4409)
    expect(borrower.widget.get_by_text("Чат открыт в других окнах")).to_be_visible()
    assert len(wire.sockets) == 1
    borrower.picture("widget-elsewhere")
    borrower.widget.get_by_role("button", name="Продолжить здесь").click()
    expect(borrower.widget.get_by_text("Чат открыт в других окнах")).to_be_hidden()
    borrower.say("Снова здесь")
    expect(borrower.message("Снова здесь").get_by_role("img", name="доставлено")).to_be_visible()


def test_a_session_that_ended_is_begun_again_with_a_fresh_token_of_the_lender(borrower: Borrower) -> None:
    wire = wired(borrower)
    wire.close(4440)
    borrower.connected()
    borrower.say("После нового входа")
    expect(borrower.message("После нового входа").get_by_role("img", name="доставлено")).to_be_visible()


def test_a_widget_of_an_older_release_loads_the_new_one_and_keeps_what_was_written(borrower: Borrower) -> None:
    wire = wired(borrower)
    borrower.field.fill("Не дописано")
    with borrower.page.expect_event("framenavigated"):
        wire.close(4426)
    borrower.connected()
    if borrower.launcher.is_visible():
        borrower.launcher.click()
    expect(borrower.field).to_have_value("Не дописано")


def test_a_desk_that_stores_nothing_says_so_and_what_was_sent_goes_when_it_can(borrower: Borrower) -> None:
    wire = wired(borrower)
    wire.is_full = True
    borrower.say("Пока диск полон")
    expect(borrower.widget.get_by_text(FULL)).to_be_visible()
    expect(borrower.message("Пока диск полон").get_by_role("img", name="ждёт отправки")).to_be_visible()
    borrower.picture("widget-storage")
    wire.is_full = False
    expect(borrower.message("Пока диск полон").get_by_role("img", name="доставлено")).to_be_visible()
    expect(borrower.widget.get_by_text(FULL)).to_be_hidden()


def test_an_inbox_that_gave_way_says_so_and_goes_on_when_asked(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    page = sign_in(new_context(), live_desk, ELENA)
    wire = Wire(page)
    page.goto(f"{live_desk.url}/inbox/")
    wire.wait(page, 1)
    wire.close(4409)
    banner = page.locator("[data-link=stopped]")
    expect(banner).to_contain_text("Рабочее место открыто в слишком многих окнах")
    banner.get_by_role("button", name="Перейти сюда").click()
    expect(banner).to_be_hidden()
    wire.wait(page, 2)
    wire.close(4400)
    expect(page.locator("[data-link=stopped]")).to_contain_text("Связь прервалась из-за ошибки")
    page.get_by_role("button", name="Обновить страницу").click()
    expect(page.locator("[data-link=stopped]")).to_be_hidden()
    wire.wait(page, 3)
    page.context.clear_cookies()  # as when the sign-in was ended somewhere else
    wire.close(4440)
    page.wait_for_url(re.compile("/login/"))
