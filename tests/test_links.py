"""Tickets that have to do with one another: linked by hand, found by the desk, shown to whoever may read both."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from chat import actions as chat
from tickets import actions as tickets
from tickets.actions.links import link_tickets
from tickets.models import Ticket, TicketEvent, TicketLink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def led(anna: Any, elena: Any, transactional_db: None) -> Ticket:
    """A letter of Anna's that Elena leads."""
    ticket = chat.start_conversation(channel="email", borrower=anna, is_shared=True, subject="Справка").ticket
    tickets.take(ticket=ticket, by=elena)
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def other(anna: Any, transactional_db: None) -> Ticket:
    return chat.start_conversation(channel="email", borrower=anna, is_shared=True, subject="Где справка?").ticket


def link(client: Any, ticket: Ticket, other: Any, kind: str = "duplicate") -> Any:
    return client.post(f"/inbox/{ticket.number}/links/", {"kind": kind, "other": other})


def panel(client: Any, ticket: Ticket) -> str:
    page = client.get(f"/inbox/{ticket.number}/context/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_link_is_read_from_both_sides_and_stands_in_both_logs(
    led: Ticket, other: Ticket, elena: Any, olga: Any, as_staff: Any
) -> None:
    assert link(as_staff(elena), led, other.number).status_code == 302
    assert f"повторяет № {other.number} · Где справка?" in panel(as_staff(elena), led)
    assert f"повторена в № {led.number} · Справка" in panel(as_staff(olga), other)
    told = TicketEvent.objects.filter(kind="linked").order_by("ticket").values_list("ticket", "data__other")
    assert set(told) == {(led.pk, other.number), (other.pk, led.number)}


def test_what_cannot_be_linked_is_said_in_words(led: Ticket, other: Ticket, elena: Any, as_staff: Any) -> None:
    client = as_staff(elena)
    link(client, led, other.number)
    for number, words in (
        (other.number, "Эти заявки уже связаны."),
        (led.number, "Заявку нельзя связать с ней самой."),
        (987_654, "Заявки 987654 нет."),
        ("какая-то", "Напишите номер другой заявки."),
    ):
        link(client, led, number)
        assert words in panel(client, led)
    tickets.take(ticket=other, by=elena)
    link(client, other, led.number, "related")
    assert "Эти заявки уже связаны." in panel(client, other), "nor from the other side"
    assert TicketLink.objects.count() == 1


def test_a_ticket_that_one_may_not_read_is_neither_linked_nor_shown(
    led: Ticket, sergey: Any, elena: Any, dmitry: Any, olga: Any, as_staff: Any
) -> None:
    hidden = chat.start_conversation(channel="chat", borrower=sergey).ticket
    tickets.ensure_slots(user=dmitry)
    tickets.assign(ticket=hidden, agent=dmitry, reason="matched")
    client = as_staff(elena)
    link(client, led, hidden.number)
    assert f"Заявки {hidden.number} нет." in panel(client, led) and not TicketLink.objects.exists()
    link_tickets(ticket=led, other=hidden, kind="related", by=olga)
    assert f"№ {hidden.number}" in panel(as_staff(olga), led)
    assert f"№ {hidden.number}" not in panel(client, led)


def test_a_link_is_taken_back_and_the_log_keeps_it(led: Ticket, other: Ticket, elena: Any, as_staff: Any) -> None:
    made = link_tickets(ticket=led, other=other, kind="related", by=elena)
    assert as_staff(elena).post(f"/inbox/{led.number}/links/{made.pk}/remove/").status_code == 302
    assert not TicketLink.objects.exists()
    assert TicketEvent.objects.filter(kind="unlinked", user=elena).count() == 2
    assert as_staff(elena).post(f"/inbox/{led.number}/links/{made.pk}/remove/").status_code == 404


def test_a_letter_that_goes_on_from_a_finished_one_is_linked_by_the_desk(
    led: Ticket, other: Ticket, elena: Any, as_staff: Any
) -> None:
    Ticket.objects.filter(pk=led.pk).update(previous=other)
    assert f"продолжает № {other.number}" in panel(as_staff(elena), led)
    assert f"продолжена в № {led.number}" in panel(as_staff(elena), other)


def begin(client: Any, **said: Any) -> Ticket:
    made = client.post("/api/v1/conversations", data=said, content_type="application/json")
    assert made.status_code == 201, made.content
    return Ticket.objects.get(conversation=made.json()["id"])


def finished(borrower: Any) -> Ticket:
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.post_message(conversation=conversation, author=borrower, body="Когда спишут платёж?")
    chat.close_conversation(conversation=conversation, by=None)
    return Ticket.objects.get(conversation=conversation)


def test_a_chat_asked_about_a_finished_one_goes_on_from_it(
    anna: Any, olga: Any, as_borrower: Any, as_staff: Any
) -> None:
    before = finished(anna)
    after = begin(as_borrower(anna), follows=str(before.conversation_id))
    assert after.previous == before
    assert f"продолжает № {before.number}" in panel(as_staff(olga), after)


def test_a_chat_goes_on_only_from_a_finished_one_of_the_same_person(anna: Any, sergey: Any, as_borrower: Any) -> None:
    foreign = finished(sergey)
    assert begin(as_borrower(anna), follows=str(foreign.conversation_id)).previous is None
    assert begin(as_borrower(sergey), follows="6f3c5f56-9e0b-4f0e-9a58-2f7d3b3a9d11").previous is None
    refused = as_borrower(anna).post(
        "/api/v1/conversations", data={"follows": "вчерашний"}, content_type="application/json"
    )
    assert refused.status_code == 400


@pytest.mark.browser
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_agent_links_two_letters_and_takes_it_back(
    language: str,
    led: Ticket,
    other: Ticket,
    elena: Any,
    as_staff: Any,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
    tmp_path_factory: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    elena.language = language
    elena.save(update_fields=["language"])
    cookie = as_staff(elena).cookies["sessionid"].value
    context = new_context(dark=language == "en", language=language)
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/inbox/{led.number}/")
    links = page.locator("[data-links]")
    links.locator("summary").click()
    links.locator("[name=other]").fill("987654")
    links.locator("[name=other]").press("Enter")
    expect(page.get_by_text({"ru": "Заявки 987654 нет.", "en": "There is no ticket 987654."}[language])).to_be_visible()
    links.locator("summary").click()
    links.locator("[name=kind]").select_option("follow_up")
    links.locator("[name=other]").fill(str(other.number))
    links.locator("button").last.click()
    words = {"ru": "продолжает", "en": "goes on from"}[language]
    expect(links.locator(f"[data-link='{other.number}']")).to_contain_text(words)
    links.scroll_into_view_if_needed()
    page.screenshot(path=str(tmp_path_factory.getbasetemp() / f"links-{language}.png"))
    links.locator("[data-link] button").click()
    expect(links.locator("[data-link]")).to_have_count(0)
