"""All tickets as a list: narrowed, kept under a name, changed many at a time and put back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import BrowserContext

from chat import actions as chat
from tests.finishing import give_topic, resolve
from tickets import actions as tickets
from tickets.actions.appeals import register_appeal
from tickets.models import SavedView, Ticket, TicketEvent, Topic
from tickets.queries.lists import MOST, PAGE, Listed, tickets_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    return Topic.objects.create(code="extension", title_ru="Продление", title_en="Extension")


@pytest.fixture
def three(anna: Any, sergey: Any, elena: Any, transactional_db: None) -> list[Ticket]:
    """A chat of Anna led by Elena, one of Sergey that nobody leads, and a letter of Anna's that is owed an answer."""
    tickets.ensure_slots(user=elena)
    led = chat.start_conversation(channel="chat", borrower=anna).ticket
    tickets.assign(ticket=led, agent=elena, reason="matched")
    free = chat.start_conversation(channel="chat", borrower=sergey).ticket
    letter = chat.start_conversation(channel="email", borrower=anna).ticket
    late = timezone.now() - timedelta(hours=1)
    Ticket.objects.filter(pk=letter.pk).update(waiting_since=late - timedelta(hours=3), due_at=late)
    return [led, free, letter]


def shown(client: Any, **asked: Any) -> list[int]:
    page = client.get("/tickets/", asked).content.decode()
    return [int(number) for number in re.findall(r'<tr data-ticket="(\d+)"', page)]


def do(client: Any, deed: str, numbers: list[int], **value: Any) -> str:
    given = {"deed": deed, "numbers": numbers, **value}
    page = client.post("/tickets/do/", given, follow=True).content.decode()
    return re.sub(r"\s+", " ", page.replace("\N{NO-BREAK SPACE}", " "))


def test_a_list_is_narrowed_by_state_channel_topic_and_agent(
    three: list[Ticket], olga: Any, elena: Any, as_staff: Any
) -> None:
    led, free, letter = (one.number for one in three)
    client = as_staff(olga)
    assert shown(client) == [letter, free, led]
    assert shown(client, channel="chat") == [free, led]
    assert shown(client, agent=str(elena.pk)) == [led]
    assert shown(client, state="late") == [letter]
    assert shown(client, state="owed") == [letter]
    assert shown(client, state="free", channel="chat") == [free]
    assert shown(client, state="resolved") == []
    assert shown(client, topic="никакая", state="вчера") == [letter, free, led]
    assert "Ни одна заявка не подходит" in client.get("/tickets/", {"state": "resolved"}).content.decode()


def test_an_agent_finds_only_what_they_may_read(three: list[Ticket], dmitry: Any, elena: Any, as_staff: Any) -> None:
    led, free, _letter = (one.number for one in three)
    assert led not in shown(as_staff(dmitry), state="all")
    assert led in shown(as_staff(elena), agent="me") and free not in shown(as_staff(elena), agent="me")


def test_pages_follow_each_other_without_a_gap_and_cost_the_same(anna: Any, olga: Any, transactional_db: None) -> None:
    made = [chat.start_conversation(channel="email", borrower=anna).ticket.number for _ in range(PAGE + 3)]
    with CaptureQueriesContext(connection) as of_all:
        first = tickets_page(Listed(), olga)
    rest = tickets_page(Listed(before=first.following), olga)
    assert [one.number for one in (*first.tickets, *rest.tickets)] == sorted(made, reverse=True)
    assert (first.count, rest.following) == (PAGE + 3, None)
    with CaptureQueriesContext(connection) as of_one:
        tickets_page(Listed(state="late"), olga)
    assert len(of_all) == len(of_one) == 2


def test_a_list_is_kept_by_its_title_and_only_a_supervisor_shares(
    three: list[Ticket], elena: Any, dmitry: Any, olga: Any, as_staff: Any
) -> None:
    as_staff(elena).post("/tickets/views/", {"title": " Мои  письма ", "channel": "email", "agent": "me"})
    as_staff(elena).post("/tickets/views/", {"title": "Всем", "channel": "chat", "is_shared": "on"})
    as_staff(olga).post("/tickets/views/", {"title": "Опоздали", "state": "late", "is_shared": "on"})
    own = SavedView.objects.get(title="Мои письма")
    assert (own.owner, own.asked) == (elena, {"channel": "email", "agent": "me"})
    assert not SavedView.objects.get(title="Всем").is_shared
    page = as_staff(dmitry).get("/tickets/").content.decode()
    assert "Опоздали" in page and "Мои письма" not in page and "Всем" not in page
    as_staff(elena).post("/tickets/views/", {"title": "Мои письма", "channel": "chat"})
    assert SavedView.objects.get(title="Мои письма").asked == {"channel": "chat"}
    assert as_staff(dmitry).post(f"/tickets/views/{own.pk}/remove/").status_code == 404
    as_staff(elena).post(f"/tickets/views/{own.pk}/remove/")
    assert not SavedView.objects.filter(pk=own.pk).exists()


def test_a_list_without_a_title_is_refused_in_words(elena: Any, as_staff: Any) -> None:
    answer = as_staff(elena).post("/tickets/views/", {"title": "  ", "channel": "chat"}, follow=True)
    assert answer.request["QUERY_STRING"] == "channel=chat"
    assert "Дайте списку название" in answer.content.decode() and not SavedView.objects.exists()


def test_a_written_appeal_is_known_by_its_number_in_the_list(three: list[Ticket], olga: Any, as_staff: Any) -> None:
    letter = three[2]
    appeal = register_appeal(ticket=letter, received_on=timezone.localdate(), channel="email", by=olga)
    page = as_staff(olga).get("/tickets/").content.decode()
    assert page.count("data-appeal>") == 1 and f"обращение {appeal.number}" in page
    told = as_staff(olga).get(f"/api/v1/tickets/{letter.number}").json()
    assert told["appeal"]["number"] == appeal.number and told["appeal"]["due_on"] == appeal.due_on.isoformat()
    assert as_staff(olga).get(f"/api/v1/tickets/{three[0].number}").json()["appeal"] is None


def test_many_get_a_topic_at_once_and_have_their_own_back(
    three: list[Ticket], topic: Topic, olga: Any, as_staff: Any
) -> None:
    client, numbers = as_staff(olga), [one.number for one in three]
    page = do(client, "topic", numbers, topic="extension")
    assert "Изменены 3 заявки." in page
    assert set(Ticket.objects.values_list("topic__code", flat=True)) == {"extension"}
    [undo] = re.findall(r'name="undo" value="([^"]+)"', page)
    client.post("/tickets/undo/", {"undo": undo})
    assert set(Ticket.objects.values_list("topic", flat=True)) == {None}
    assert TicketEvent.objects.filter(kind="topic_set", user=olga).count() == 6


def test_one_that_refuses_keeps_none_of_the_others_back(
    three: list[Ticket], elena: Any, olga: Any, as_staff: Any
) -> None:
    led, free, letter = three
    resolve(ticket=letter, by=olga)
    give_topic(led)
    page = do(as_staff(olga), "resolve", [led.number, letter.number, 987_654])
    assert "Изменена 1 заявка." in page and f"№ {letter.number} без изменений" in page and "№ 987654" in page
    led.refresh_from_db()
    free.refresh_from_db()
    assert (led.status, free.status) == (Ticket.Status.RESOLVED, Ticket.Status.OPEN)
    page = do(as_staff(elena), "priority", [free.number], priority="urgent")
    free.refresh_from_db()
    assert f"№ {free.number} без изменений" in page and free.priority == "normal"


def test_letters_are_given_to_an_agent_and_put_off(three: list[Ticket], dmitry: Any, olga: Any, as_staff: Any) -> None:
    letter = three[2]
    do(as_staff(olga), "assign", [letter.number], agent=str(dmitry.pk))
    later = timezone.localtime() + timedelta(days=1)
    do(as_staff(olga), "snooze", [letter.number], until=later.strftime("%Y-%m-%dT%H:%M"))
    letter.refresh_from_db()
    assert letter.assignee == dmitry
    assert letter.snoozed_until is not None and letter.snoozed_until > timezone.now()
    assert shown(as_staff(olga), state="snoozed") == [letter.number]


@pytest.mark.parametrize(
    "given",
    [
        {"deed": "topic", "numbers": []},
        {"deed": "topic", "numbers": ["1"], "topic": ""},
        {"deed": "everything", "numbers": ["1"]},
        {"deed": "resolve", "numbers": ["٣", "-1", "9" * 40]},
    ],
)
def test_a_deed_that_says_too_little_is_refused_in_words_and_changes_nothing(
    given: dict[str, Any], three: list[Ticket], olga: Any, as_staff: Any
) -> None:
    answer = as_staff(olga).post("/tickets/do/", given, follow=True)
    assert answer.status_code == 200 and "banner--danger" in answer.content.decode()
    assert not Ticket.objects.filter(status="resolved").exists()


def test_nobody_undoes_what_another_did(three: list[Ticket], topic: Topic, olga: Any, ivan: Any, as_staff: Any) -> None:
    page = do(as_staff(olga), "topic", [three[0].number], topic="extension")
    [undo] = re.findall(r'name="undo" value="([^"]+)"', page)
    assert as_staff(ivan).post("/tickets/undo/", {"undo": undo}).status_code == 409
    assert as_staff(ivan).post("/tickets/undo/", {"undo": "выдумка"}).status_code == 409
    assert Ticket.objects.get(pk=three[0].pk).topic == topic


def test_no_more_than_a_hundred_are_changed_at_once(three: list[Ticket], olga: Any, as_staff: Any) -> None:
    many = [give_topic(three[0]).number, *range(10**6, 10**6 + MOST)]
    assert "не больше 100 заявок" in do(as_staff(olga), "resolve", many)
    assert "И ещё 94 без изменений" in do(as_staff(olga), "resolve", many[:-1])
    assert Ticket.objects.get(pk=three[0].pk).status == Ticket.Status.RESOLVED


@pytest.mark.browser
@pytest.mark.parametrize("language", ["ru", "en"])
def test_tickets_are_chosen_in_a_row_and_changed_by_one_button(
    language: str,
    three: list[Ticket],
    topic: Topic,
    olga: Any,
    as_staff: Any,
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    settings: Any,
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    olga.language = language
    olga.save(update_fields=["language"])
    cookie = as_staff(olga).cookies["sessionid"].value
    context = new_context()
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    page.goto(f"{live_server.url}/tickets/")
    assert page.locator("[data-do]").is_disabled()
    boxes = page.locator("[name=numbers]")
    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    said = page.locator("[data-chosen]").inner_text()
    assert said == {"ru": "Выбраны 3 заявки", "en": "3 tickets are chosen"}[language]
    assert page.locator("[data-for=priority]").is_hidden()
    page.locator("[name=deed]").select_option("topic")
    page.locator("[data-for=topic] select").select_option("extension")
    page.locator("[data-do]").click()
    page.locator("[name=undo]").wait_for(state="attached")
    assert set(Ticket.objects.values_list("topic__code", flat=True)) == {"extension"}
    for width in (1440, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert wrong == []
