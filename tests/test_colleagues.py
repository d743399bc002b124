"""Who else looks at a conversation or writes in it: said to colleagues at once, to borrowers never (B5)."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import LiveDesk
from tests.inbox_desk import OLGA, Inbox, Visitor, sign_in

LETTER = """
from chat import actions as chat
conversation = chat.start_conversation(channel='email', correspondent_name='Пётр Гусев', is_shared=True, context={},
    correspondent_address='gusev@mail.example', subject='Справка для банка')
author = chat.Correspondent(name='Пётр Гусев', address='gusev@mail.example')
chat.post_message(conversation=conversation, author=author, body='Нужна справка о закрытии')
"""


def company(page: Page) -> Any:
    return page.locator("[data-company]")


def test_two_people_before_one_letter_know_of_each_other(
    inbox: Inbox, live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    inbox.desk.shell(LETTER)
    inbox.page.get_by_role("link", name=re.compile("Справка для банка")).first.click()
    expect(inbox.page.get_by_text("Нужна справка о закрытии").last).to_be_visible()
    expect(company(inbox.page)).to_be_hidden()
    other = sign_in(new_context(), live_desk, OLGA)
    other.goto(inbox.page.url)
    expect(company(inbox.page)).to_have_text("Также смотрит: Ольга")
    expect(company(other)).to_have_text("Также смотрит: Елена")
    inbox.page.get_by_role("button", name="Взять").click()
    expect(inbox.log.get_by_text("Письмо в работе: Елена")).to_be_visible()
    inbox.page.get_by_role("button", name="Закрыть заявку").click()
    inbox.page.get_by_role("dialog", name="О чём было обращение?").get_by_label("Тема").select_option(index=1)
    inbox.page.get_by_role("dialog").get_by_role("button", name="Завершить", exact=True).click()
    expect(inbox.page.get_by_role("heading", name="Все ответы даны")).to_be_visible()


def test_who_reads_along_is_shown_to_the_agent_and_the_agents_typing_to_them(
    inbox: Inbox, live_desk: LiveDesk, new_context: Callable[..., BrowserContext], visit: Callable[..., Visitor]
) -> None:
    person = visit()
    inbox.open(1)
    expect(inbox.log.get_by_text(re.compile("^Чат принят .*тема «Платежи и списания»$"))).to_be_visible()
    reader = sign_in(new_context(), live_desk, OLGA)
    reader.get_by_role("link", name=person.name).first.click()
    expect(company(inbox.page)).to_have_text("Также смотрит: Ольга")
    inbox.picture("inbox-company")
    expect(company(reader)).to_have_text("Также смотрит: Елена")
    inbox.field.press_sequentially("Смотрю")
    expect(company(reader)).to_have_text("Печатает: Елена")
    inbox.field.press("Enter")
    expect(reader.get_by_role("log").get_by_text("Смотрю")).to_be_visible()
    expect(company(reader)).to_have_text("Также смотрит: Елена")


def test_a_place_says_that_somebody_types_until_their_message_is_there(
    inbox: Inbox, visit: Callable[..., Visitor]
) -> None:
    person = visit()
    expect(inbox.slot(1)).to_be_visible()
    with person.on_the_line() as socket:
        type_until_seen(socket, person.chat, inbox)
        socket.posted(person.chat, "Вот номер договора")
        expect(inbox.slot(1)).to_contain_text("Вот номер договора")
        assert "печатает" not in inbox.slot(1).inner_text()


def type_until_seen(socket: Any, chat: Any, inbox: Inbox) -> None:
    """Somebody who types says so every three seconds; a desk that was only just opened hears the next time."""
    for _ in range(5):
        socket.send("typing", conversation=chat)
        try:
            expect(inbox.slot(1)).to_contain_text("печатает", timeout=3200)
        except AssertionError:
            continue
        return
    expect(inbox.slot(1)).to_contain_text("печатает")


def test_a_slash_alone_is_no_text_and_goes_with_the_list_it_opened(inbox: Inbox, visit: Callable[..., Visitor]) -> None:
    visit()
    inbox.open(1)
    inbox.field.press_sequentially("/")
    expect(inbox.page.get_by_role("listbox", name="Готовые ответы")).to_be_visible()
    inbox.page.wait_for_timeout(900)  # longer than a draft waits to be saved
    inbox.field.press("Escape")
    expect(inbox.page.get_by_role("listbox", name="Готовые ответы")).to_be_hidden()
    expect(inbox.field).to_have_value("")
    inbox.page.reload()
    inbox.open(1)
    expect(inbox.field).to_have_value("")
