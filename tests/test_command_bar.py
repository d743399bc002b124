"""Ctrl K: all that can be done from here, by the keyboard, found by a few letters."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser import PICTURES, LiveDesk
from tests.inbox_desk import ELENA, OLGA, Inbox, Visitor, sign_in
from tests.test_reading_aids import signed_in

pytestmark = pytest.mark.browser


def bar(page: Page, name: str = "Команды") -> Locator:
    page.keyboard.press("Control+KeyK")
    shown = page.get_by_role("dialog", name=name)
    expect(shown).to_be_visible()
    return shown


def chosen(page: Page) -> Locator:
    return page.get_by_role("dialog").get_by_role("option", selected=True)


def test_a_chat_is_gone_to_by_a_few_letters_of_a_name(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    for name in ("Анна Ковалёва", "Сергей Мельников"):
        visit(name, "Здравствуйте")
    inbox.open(1)
    shown, page = bar(inbox.page), inbox.page
    for group in ("Диалоги", "Этот диалог", "Моё состояние", "Страницы"):
        expect(shown.get_by_role("group", name=group)).to_be_visible()
    page.screenshot(path=PICTURES / "command-bar-ru.png")
    page.keyboard.type("мельн")
    expect(chosen(page)).to_contain_text("Сергей Мельников")
    page.keyboard.press("Enter")
    expect(shown).to_be_hidden()
    expect(page.locator("#conv-h")).to_have_text("Сергей Мельников")
    expect(inbox.field).to_be_focused()


def test_letters_of_the_other_layout_find_the_same(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit("Анна Ковалёва", "Здравствуйте")
    inbox.open(1)
    bar(inbox.page)
    inbox.page.keyboard.type("gthtlfnm")
    expect(chosen(inbox.page)).to_contain_text("Передать")
    expect(chosen(inbox.page).locator("kbd")).to_have_text("Alt T")
    inbox.page.keyboard.press("Enter")
    expect(inbox.page.get_by_role("dialog", name="Передать")).to_be_visible()


def test_a_note_is_begun_the_topic_reached_and_a_break_taken(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit("Анна Ковалёва", "Здравствуйте")
    inbox.open(1)
    page = inbox.page
    expect(page.locator("[data-context-body] select[data-topic]")).to_be_visible()
    for typed, done in (
        ("заметка", page.locator("[data-mode=note][aria-pressed=true]")),
        ("тема", page.locator("select[data-topic]:focus")),
        ("перерыв", page.locator("[data-availability-words]", has_text="Перерыв")),
    ):
        bar(page)
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(done).to_be_visible()


def test_escape_goes_back_to_where_one_was_and_what_is_no_command_is_searched_for(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    visit("Анна Ковалёва", "Здравствуйте")
    inbox.open(1)
    page = inbox.page
    inbox.field.fill("Недописанное")
    shown = bar(page)
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(inbox.field).to_be_focused()
    expect(inbox.field).to_have_value("Недописанное")
    bar(page)
    page.keyboard.type("справка о закрытии")
    expect(page.get_by_role("dialog").get_by_role("option")).to_have_text(["Искать «справка о закрытии»"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?query=*")
    expect(page.get_by_role("searchbox", name="Поиск", exact=True)).to_have_value("справка о закрытии")


@pytest.mark.parametrize(("email", "may"), [(ELENA, False), (OLGA, True)])
def test_only_pages_that_one_may_open_are_offered_on_every_page_of_the_desk(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext], email: str, may: Any
) -> None:
    page = sign_in(new_context(), live_desk, email)
    page.goto(f"{live_desk.url}/profile/")
    bar(page)
    page.keyboard.type("сценарии")
    expect(page.get_by_role("option", name="Сценарии", exact=True)).to_have_count(int(may))
    expect(page.get_by_role("option", name="Искать «сценарии»")).to_be_visible()
    if may:
        page.keyboard.press("Enter")
        page.wait_for_url("**/settings/scenarios/")


def test_a_finger_opens_it_from_the_menu_and_it_speaks_english(
    live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    live_desk.shell(f"from identity.models import User; User.objects.filter(email={OLGA!r}).update(language='en')")
    try:
        page = signed_in(live_desk, new_context(phone=True, dark=True, language="en"), OLGA)
        page.goto(f"{live_desk.url}/search/")
        page.locator(".rail__me").click()
        page.get_by_role("button", name="Commands").click()
        shown = page.get_by_role("dialog", name="Commands")
        expect(shown.get_by_role("option", name="Reports", exact=True)).to_be_visible()
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.screenshot(path=PICTURES / "command-bar-en-phone-dark.png")
        shown.get_by_role("option", name="Reports", exact=True).click()
        page.wait_for_url("**/reports/")
    finally:
        live_desk.shell(f"from identity.models import User; User.objects.filter(email={OLGA!r}).update(language='ru')")
