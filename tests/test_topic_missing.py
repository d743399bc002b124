"""Nothing is finished before it is said what it was about."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from chat import actions as chat
from identity.models import Borrower, User
from tests.inbox_desk import Inbox, Visitor
from tests.test_inbox_api import ask, come, letter, post, put
from tests.test_ticket_lists import do
from tickets import actions as tickets
from tickets.actions.letters_parties import merge_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("commits")


def status(ticket: Ticket) -> str:
    return Ticket.objects.get(pk=ticket.pk).status


def test_a_chat_without_a_topic_is_finished_only_when_it_has_one(
    anna: Borrower, elena: User, as_staff: Callable[[User], Any]
) -> None:
    tickets.seed_desk()
    come(elena)
    ticket, client = ask(anna), as_staff(elena)
    refused = post(client, f"tickets/{ticket.number}/resolve")
    assert (refused.status_code, refused.json()["code"]) == (409, "topic_missing")
    assert "тему" in refused.json()["message"] and status(ticket) == "open"
    assert put(client, f"tickets/{ticket.number}/topic", {"topic": "payments"}).status_code == 200
    assert post(client, f"tickets/{ticket.number}/resolve").json()["status"] == "resolved"


def test_the_refusal_is_said_in_english_too(anna: Borrower, elena: User, as_staff: Callable[[User], Any]) -> None:
    come(elena)
    client = as_staff(elena)
    client.cookies["django_language"] = "en"
    User.objects.filter(pk=elena.pk).update(language="en")
    refused = post(client, f"tickets/{ask(anna).number}/resolve")
    assert refused.json()["message"].startswith("Choose the topic first")


def test_a_borrower_may_end_a_chat_that_has_no_topic(anna: Borrower, elena: User, as_borrower: Any) -> None:
    come(elena)
    ticket = ask(anna)
    ended = as_borrower(anna).post(f"/api/v1/conversations/{ticket.conversation_id}/close")
    assert ended.status_code == 200 and status(ticket) == "resolved"


def test_a_list_says_which_tickets_lack_a_topic_and_finishes_the_others(
    anna: Borrower, sergey: Borrower, olga: User, as_staff: Callable[[User], Any]
) -> None:
    tickets.seed_desk()
    named, nameless = ask(anna, topic="payments"), ask(sergey)
    page = do(as_staff(olga), "resolve", [named.number, nameless.number])
    assert f"№ {nameless.number} без изменений: Сначала выберите тему" in page
    assert (status(named), status(nameless)) == ("resolved", "open")


def test_a_letter_joined_to_another_needs_no_topic_of_its_own(olga: User) -> None:
    first, second = letter(), letter(subject="Та же справка")
    merge_ticket(ticket=first, into=second, by=olga)
    assert (status(first), status(second)) == ("resolved", "open")


def test_a_silent_chat_is_ended_by_the_desk_without_a_topic(anna: Borrower, elena: User) -> None:
    come(elena)
    ticket = ask(anna)
    chat.close_conversation(conversation=ticket.conversation, by=None)
    assert status(ticket) == "resolved"


@pytest.mark.browser
def test_finishing_asks_for_the_topic_where_the_button_was_and_keeps_what_was_typed(
    inbox: Inbox, visit: Callable[..., Visitor], live_desk: Any
) -> None:
    person = visit("Анна Ковалёва", "Здравствуйте, у меня вопрос")
    expect(inbox.place(1).locator(".slot__name")).to_have_text("Анна Ковалёва")
    inbox.open(1)
    live_desk.shell("from tickets.models import Ticket; Ticket.objects.update(topic=None)")
    inbox.page.reload()
    inbox.open(1)
    inbox.field.fill("Недописанный ответ")
    inbox.page.keyboard.press("Alt+KeyZ")
    asks = inbox.page.get_by_role("dialog", name="О чём было обращение?")
    expect(asks).to_be_visible()
    inbox.picture("topic-missing")
    asks.get_by_role("button", name="Завершить", exact=True).click()
    expect(asks).to_be_visible()
    asks.get_by_role("button", name="Вернуться").click()
    expect(inbox.field).to_have_value("Недописанный ответ")
    inbox.page.keyboard.press("Alt+KeyZ")
    asks.get_by_label("Тема").select_option("payments")
    asks.get_by_role("button", name="Завершить", exact=True).click()
    expect(inbox.page.get_by_text("Все ответы даны")).to_be_visible()
    told = person.api.get(f"/conversations/{person.chat}/entries").json()["entries"]
    assert "resolved" in [entry["kind"] for entry in told]
