"""The board on the wall: its figures are those of the log, it renews itself, and says when it cannot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from chat import actions as chat
from tickets import actions as tickets
from tickets.models import Availability, Ticket, TicketEvent
from tickets.queries.board import board_now

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 12


def ask(borrower: Any, body: str = "Здравствуйте") -> Ticket:
    """A chat that waits for its first answer."""
    conversation = chat.start_conversation(channel="chat", borrower=borrower)
    chat.post_message(conversation=conversation, author=borrower, body=body)
    return Ticket.objects.get(conversation=conversation)


def answer(ticket: Ticket, agent: Any) -> None:
    tickets.ensure_slots(user=agent)
    tickets.assign(ticket=ticket, agent=agent, reason="matched")
    chat.post_message(conversation=ticket.conversation, author=agent, body="Добрый день!")


def move(kind: str, **back: float) -> None:
    """The events of that kind happened earlier."""
    TicketEvent.objects.filter(kind=kind).update(at=timezone.now() - timedelta(**back))


def test_an_empty_desk_has_a_board_without_figures(olga: Any, as_staff: Any) -> None:
    page = as_staff(olga).get("/board/").content.decode()
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "никто не ждёт" in page and "первых ответов в чатах не было" in page


def test_its_figures_are_those_of_the_log(anna: Any, sergey: Any, elena: Any) -> None:
    first, second = ask(anna), ask(sergey)
    answer(first, elena)
    letter = chat.start_conversation(channel="email", borrower=anna).ticket
    asked = timezone.now() - timedelta(hours=5)
    Ticket.objects.filter(pk=letter.pk).update(waiting_since=asked, due_at=asked + timedelta(hours=4))
    board = board_now()
    answers = [one.data for one in TicketEvent.objects.filter(kind="answered") if one.data["first"]]
    assert (board.service.n, board.service.in_time) == (len(answers), sum(one["in_time"] for one in answers)) == (1, 1)
    assert [value for value in board.curve if value is not None] == [answers[0]["wait"]]
    assert (board.queue, board.longest) == (1, second)
    assert (board.letters.waiting, board.letters.late, board.letters.oldest) == (1, 1, asked)
    assert board.opened == TicketEvent.objects.filter(kind="opened").count() == 3
    assert (board.left, board.yesterday.value) == (0, None)


def test_the_hour_the_two_hours_and_the_day_before_hold_what_is_theirs(anna: Any, elena: Any) -> None:
    answer(ask(anna), elena)
    move("answered", minutes=88)
    board = board_now()
    assert board.service.n == 0 and [at for at, value in enumerate(board.curve) if value is not None] == [6]
    move("answered", days=1, minutes=30)
    assert (board_now().yesterday.n, board_now().service.n) == (1, 0)
    move("answered", hours=3)
    assert not any(value is not None for value in board_now().curve)


def test_who_left_unanswered_is_counted_for_an_hour(anna: Any) -> None:
    ticket = ask(anna)
    chat.close_conversation(conversation=ticket.conversation, by=anna)
    assert (board_now().left, board_now().queue, board_now().longest) == (1, 0, None)
    move("resolved", minutes=61)
    assert board_now().left == 0


def test_the_places_are_those_of_agents_who_are_there(elena: Any, dmitry: Any, socket_for: Any) -> None:
    tickets.ensure_slots(user=elena, capacity=5)
    tickets.ensure_slots(user=dmitry, capacity=5)
    for agent in (elena, dmitry):
        tickets.set_availability(user=agent, state=Availability.AVAILABLE)
    assert (board_now().places, board_now().free) == (0, 0), "nobody is connected"
    socket_for(elena)
    socket_for(dmitry)
    tickets.set_availability(user=dmitry, state=Availability.BREAK)
    board = board_now()
    assert (board.places, board.free, [one.user for one in board.on_line]) == (5, 5, [elena])
    assert [n for _words, n in board.elsewhere] == [1]


def test_it_asks_the_same_few_questions_whatever_there_is(anna: Any, sergey: Any, elena: Any) -> None:
    with CaptureQueriesContext(connection) as of_nothing:
        board_now()
    answer(ask(anna), elena)
    ask(sergey)
    with CaptureQueriesContext(connection) as of_two:
        board_now()
    assert len(of_two) <= len(of_nothing) <= MOST_STATEMENTS


def test_other_programs_read_the_same_figures(anna: Any, sergey: Any, elena: Any, olga: Any, as_staff: Any) -> None:
    first, second = ask(anna), ask(sergey)
    answer(first, elena)
    told, board = as_staff(olga).get("/api/v1/board").json(), board_now()
    assert (told["queue"]["waiting"], told["queue"]["left"], told["opened_today"]) == (1, 0, 2)
    assert (told["longest"]["number"], told["longest"]["agent"]) == (second.number, None)
    assert told["service"] == {"n": 1, "in_time": 1, "share": 1.0}
    assert told["first_response_p90"] == board.curve and told["standard"] == board.standard
    [agent] = [one for one in told["agents"] if one["id"] == str(elena.pk)]
    assert (agent["load"], agent["capacity"], agent["present"]) == (1, 5, False)
    assert as_staff(elena).get("/api/v1/board").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("language", ["ru", "en"])
def test_it_renews_itself_and_says_when_it_cannot(
    language: str,
    anna: Any,
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
    context = new_context(timezone_id="America/Anchorage")
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    page.goto(f"{live_server.url}/board/")
    moments = {f"{timezone.localtime() + timedelta(minutes=ahead):%H:%M}" for ahead in (-1, 0, 1)}
    assert page.locator("[data-clock]").inner_text() in moments, "the desk's time, wherever the screen hangs"
    queue = page.locator("[data-figure=queue] .kpi__v")
    expect(queue).to_have_text("0")
    ask(anna)
    expect(queue).to_have_text("1", timeout=30_000)
    expect(page.locator("[data-figure=longest]")).to_contain_text(anna.everyday_name)
    for width, height in ((1920, 1080), (768, 1024), (360, 780)):
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), width
    assert wrong == []
    context.set_offline(True)
    stale = {"ru": "данные от", "en": "figures of"}[language]
    expect(page.locator("[data-live]")).to_contain_text(stale, timeout=60_000)
    context.set_offline(False)
    expect(page.locator("[data-live]")).not_to_contain_text(stale, timeout=60_000)
