"""``make shots``: the pictures of README and docs, taken from the running desk in its own browser."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.desk import ROOT, Desk, running

PICTURES = ROOT / "docs" / "pictures"
CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), None)
PATIENCE = 30_000  # milliseconds
QUESTION = "Здравствуйте! Хочу продлить займ на две недели, какая сумма к оплате?"
ANSWER = "Здравствуйте, Анна! Меня зовут Елена. Сейчас посмотрю ваш договор, одну минуту."


def sign_in(browser: Browser, desk: Desk, role: str) -> Page:
    """A page of the first staff member with this role."""
    person = next(one for one in desk.facts["staff"] if one["role"] == role)
    page = new_page(browser)
    page.goto(f"{desk.facts['desk']}/login/")
    page.locator("input[name=email]").fill(person["email"])
    page.locator("input[name=password]").fill(person["password"])
    page.get_by_role("button", name="Войти").click()
    page.wait_for_url(lambda address: "/login/" not in address)
    return page


def go_on_the_line(page: Page) -> None:
    """Chats come only to an agent who says so."""
    state = page.locator("[data-availability-words]")
    if state.inner_text() != "На линии":
        page.locator("[data-availability] summary").click()
        page.locator("[data-availability] [data-state=available]").click()
    page.locator("[data-availability-words]", has_text="На линии").wait_for()


def new_page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ru-RU")
    page.set_default_timeout(PATIENCE)
    return page


def ask(browser: Browser, desk: Desk) -> tuple[Page, Any]:
    """A borrower on the lender's site asks; returns the page and the widget in it."""
    page = new_page(browser)
    page.goto(desk.facts["borrowers"][0]["login"])
    page.get_by_role("button", name=re.compile("чат")).click()
    widget = page.frame_locator("iframe[title='Чат поддержки']")
    widget.get_by_role("button", name="Платежи и списания").click()
    widget.locator("textarea[data-ref=field]").fill(QUESTION)
    widget.get_by_role("button", name="Отправить").click()
    return page, widget


def take(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(700)  # motion ends
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"docs/pictures/{name}.png")


def main() -> None:
    with running() as desk, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM)
        agent = sign_in(browser, desk, "agent")
        go_on_the_line(agent)
        supervisor = sign_in(browser, desk, "supervisor")
        take(supervisor, "supervise")
        borrower, widget = ask(browser, desk)
        agent.get_by_text(QUESTION[:20]).first.click()
        agent.locator("textarea:visible").first.fill(ANSWER)
        agent.keyboard.press("Enter")
        widget.get_by_text(ANSWER).wait_for()
        take(borrower, "widget")
        take(agent, "inbox")
        supervisor.goto(f"{desk.facts['desk']}/quality/")
        take(supervisor, "quality")
        supervisor.locator("a[href*='/quality/scores/']").first.click()
        take(supervisor, "score")
        browser.close()


if __name__ == "__main__":
    main()
