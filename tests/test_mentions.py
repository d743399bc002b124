"""Mentions in notes: who is named there hears of it, if they may read it; a borrower never does (B8)."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, Page, expect

from chat import actions as chat
from chat.models import Entry
from chat.rules.mentions import Colleague, mentions_in, short_names
from identity import actions as identity
from tests.browser import PICTURES, LiveDesk
from tests.cast import PASSWORD
from tests.inbox_desk import OLGA as OLGA_SEDOVA
from tests.inbox_desk import Inbox, Visitor, sign_in
from tests.sockets import Socket

SocketFor = Callable[..., Socket]
OLGA, OTHER_OLGA, DMITRY, ALENA = (UUID(int=number) for number in range(1, 5))
PEOPLE = {
    "Ольга": {OLGA, OTHER_OLGA},
    "Ольга Седова": {OLGA},
    "Ольга Петренко": {OTHER_OLGA},
    "Дмитрий С.": {DMITRY},
    "Алёна": {ALENA},
    "": {DMITRY},
}


@pytest.mark.parametrize(
    ("body", "people", "names"),
    [
        ("@Ольга Седова, взгляните", [OLGA], ["Ольга Седова"]),
        ("(@ольга  седова)", [OLGA], ["ольга  седова"]),
        ("Спросите у @Дмитрий С., он знает", [DMITRY], ["Дмитрий С."]),
        ("@Алена и @АЛЁНА", [ALENA], ["Алена", "АЛЁНА"]),
        ("@Алёна @Ольга Петренко @Алёна", [ALENA, OTHER_OLGA], ["Алёна", "Ольга Петренко"]),
        ("почта a@Алёна.рф", [], []),
        ("@Алёнамай, @ Алёна, Алёна", [], []),
        ("@Марина посмотрит", [], []),
        ("@", [], []),
    ],
)
def test_a_name_after_an_at_sign_is_the_longest_that_somebody_has(
    body: str, people: list[UUID], names: list[str]
) -> None:
    assert mentions_in(body, PEOPLE) == (people, names)


def test_a_name_that_two_people_have_means_both_and_nobody_is_offered_by_it() -> None:
    assert set(mentions_in("@Ольга, что думаете?", PEOPLE).people) == {OLGA, OTHER_OLGA}
    olga, other = Colleague(OLGA, "Ольга", "Ольга Седова"), Colleague(OTHER_OLGA, "Ольга", "Ольга Петренко")
    dmitry = Colleague(DMITRY, "Дмитрий", "Дмитрий Орлов")
    assert short_names([olga, other, dmitry]) == {
        OLGA: "Ольга Седова",
        OTHER_OLGA: "Ольга Петренко",
        DMITRY: "Дмитрий",
    }


@pytest.fixture
def conversation(anna: Any, elena: Any, transactional_db: None) -> Any:
    """Anna's chat, in which Elena takes part."""
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    started.refresh_from_db()
    return started


def test_who_is_mentioned_in_a_note_hears_of_it_and_nobody_else_does(
    conversation: Any, anna: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, socket_for: SocketFor, as_borrower: Any
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    author, mentioned = socket_for(elena, {conversation.pk: conversation.seq}), socket_for(olga)
    others = [socket_for(dmitry), socket_for(ivan)]
    body = "@Ольга, проверьте. @Дмитрий Орлов не видит этот чат, @Елена — я сама"
    author.posted(conversation.pk, body, kind="note")
    (shown,) = author.entries(1)
    assert shown["entry"]["data"] == {"mentions": [str(olga.pk), str(elena.pk)], "named": ["Ольга", "Елена"]}
    told = mentioned.wait_for("mention.made")
    assert told == {
        "type": "mention.made",
        "conversation": str(conversation.pk),
        "ticket": conversation.ticket.number,
        "author": {"kind": "staff", "id": str(elena.pk), "name": "Елена"},
    }
    for socket in (author, mentioned, borrower, *others):
        assert socket.hears_nothing_of("mention.made")
    assert borrower.hears_nothing_of("entry.posted")
    seen = as_borrower(anna).get(f"/api/v1/conversations/{conversation.pk}/entries").content.decode()
    assert "Ольга" not in seen and str(olga.pk) not in seen


def test_a_repeated_note_is_told_once_and_a_message_mentions_nobody(
    conversation: Any, elena: Any, olga: Any, socket_for: SocketFor
) -> None:
    author, mentioned = socket_for(elena), socket_for(olga)
    first = author.posted(conversation.pk, "@Ольга", kind="note")
    author.posted(conversation.pk, "@Ольга", kind="note", id=first["id"])
    author.posted(conversation.pk, "Вам ответит @Ольга")
    mentioned.wait_for("mention.made")
    assert mentioned.hears_nothing_of("mention.made")
    assert Entry.objects.get(conversation=conversation, kind="message").data == {}


def test_only_a_note_with_an_at_sign_asks_who_may_read(conversation: Any, elena: Any) -> None:
    def questions(kind: str, body: str) -> int:
        with CaptureQueriesContext(database) as statements:
            chat.post_message(conversation=conversation, author=elena, body=body, kind=kind)
        return sum("chat_participant" in one["sql"] and "unnest" in one["sql"] for one in statements)

    assert questions("message", "почта @Ольга") == questions("note", "без имён") == 0
    assert questions("note", "@Ольга") == 1


def test_whom_one_may_mention_is_told_to_staff_who_may_read_it(
    conversation: Any, anna: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, as_staff: Any, as_borrower: Any
) -> None:
    other = identity.create_staff(
        email="o.belova@lad.example", full_name="Ольга Белова", display_name="Ольга", role="admin", password=PASSWORD
    )
    address = f"/api/v1/conversations/{conversation.pk}/mentionable"
    assert as_staff(elena).get(address).json() == [
        {"id": str(ivan.pk), "name": "Иван", "full_name": "Иван Лебедев"},
        {"id": str(other.pk), "name": "Ольга Белова", "full_name": "Ольга Белова"},
        {"id": str(olga.pk), "name": "Ольга Седова", "full_name": "Ольга Седова"},
    ]
    assert "Елена" in as_staff(olga).get(address).content.decode()
    assert as_staff(dmitry).get(address).status_code == 404
    assert as_borrower(anna).get(address).status_code == 403
    identity.deactivate(user=other, by=ivan)
    assert [one["name"] for one in as_staff(elena).get(address).json()] == ["Иван", "Ольга"]


def test_an_at_sign_in_a_note_offers_colleagues_and_calls_the_one_who_was_chosen(
    inbox: Inbox, visit: Callable[..., Visitor], live_desk: LiveDesk, new_context: Callable[..., BrowserContext]
) -> None:
    person = visit()
    inbox.open(1)
    olga = sign_in(new_context(), live_desk, OLGA_SEDOVA)
    olga.goto(f"{live_desk.url}/supervise/")
    listbox = inbox.page.get_by_role("listbox", name="Коллеги")
    inbox.field.press_sequentially("@")
    expect(listbox).to_be_hidden()  # an answer to the borrower calls nobody
    inbox.field.fill("")
    inbox.page.get_by_role("button", name="Заметка", exact=True).click()
    inbox.field.press_sequentially("Двойное списание, @")
    expect(listbox).to_be_visible()
    inbox.field.press("Escape")
    expect(listbox).to_be_hidden()
    inbox.field.press_sequentially("ол")
    chosen = listbox.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Ольга")
    expect(inbox.field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    inbox.picture("inbox-mention")
    inbox.field.press("Enter")
    expect(inbox.field).to_have_value("Двойное списание, @Ольга ")
    inbox.field.press_sequentially("взгляните")
    inbox.field.press("Enter")
    expect(inbox.log.locator("b", has_text=re.compile("^@Ольга$"))).to_be_visible()
    called = olga.get_by_role("link", name="Елена упоминает вас в заметке")
    expect(called).to_be_visible()
    olga.screenshot(path=PICTURES / "supervise-mention.png")
    called.click()
    expect(olga.get_by_role("log").locator("b", has_text=re.compile("^@Ольга$"))).to_be_visible()
    assert "взгляните" not in str(person.reads())
    answers_the_call(olga, inbox)


def answers_the_call(olga: Page, inbox: Inbox) -> None:
    """The supervisor's field knows colleagues too, and the agent hears of it in another place than this chat."""
    inbox.page.goto(f"{inbox.desk.url}/inbox/")
    expect(inbox.slot(1)).to_be_visible()
    expect(inbox.page.get_by_role("heading", name="Все ответы даны")).to_be_visible()
    note = olga.get_by_label("Заметка", exact=False)
    note.press_sequentially("@Еле")
    expect(olga.get_by_role("listbox", name="Коллеги").get_by_role("option").first).to_contain_text("Елена")
    note.press("Enter")
    note.press_sequentially("верните сумму")
    note.press("Enter")
    inbox.page.get_by_role("link", name="Ольга упоминает вас в заметке").click()
    expect(inbox.log.get_by_text("верните сумму")).to_be_visible()
    expect(inbox.page.get_by_role("link", name="Ольга упоминает вас в заметке")).to_have_count(0)
