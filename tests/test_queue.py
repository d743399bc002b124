"""What a waiting borrower is told: people ahead, the expected wait, who answers, or when the desk opens."""

from datetime import datetime, time, timedelta
from math import inf
from typing import Any

import pytest
from django.utils import timezone

from chat import actions as chat
from identity.models import Borrower, User
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.actions import announcements
from tickets.management.loops import SWEEP_TIME
from tickets.models import PresenceLease, Ticket
from tickets.queries.waiting import queue_view

pytestmark = pytest.mark.usefixtures("commits")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Frames as they leave for the live transport."""
    frames: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(announcements, "publish_on_commit", lambda group, frame: frames.append((group, frame)))
    monkeypatch.setattr(announcements, "PAUSE", 0)
    monkeypatch.setattr(announcements, "_next_at", 0.0)  # whatever an earlier test announced
    return frames


def come(*people: User, capacity: int = 5) -> None:
    for person in people:
        tickets.ensure_slots(user=person, capacity=capacity)
        tickets.set_availability(user=person, state="available")
    tickets.renew_presence(user_ids=[person.pk for person in people])


def ask(person: Borrower) -> Ticket:
    conversation = chat.start_conversation(channel="chat", borrower=person, context={})
    chat.post_message(conversation=conversation, author=person, body="Здравствуйте")
    return Ticket.objects.get(conversation=conversation)


def person(number: int) -> Borrower:
    return Borrower.objects.create(customer_id=f"B-{number}", full_name=f"Борис {number}", first_name="Борис")


def standing(client: Any, ticket: Ticket) -> dict[str, Any]:
    answer = client.get(f"/api/v1/conversations/{ticket.conversation_id}/ticket")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_those_ahead_are_counted_and_the_wait_follows_from_the_places(
    anna: Borrower, elena: User, as_borrower: Any
) -> None:
    come(elena, capacity=1)
    for number in range(3):
        ask(person(number))  # the first is served, two wait
    view = standing(as_borrower(anna), ask(anna))
    assert (view["status"], view["ahead"]) == ("queued", 2)
    assert view["expected_wait"] == 3 * 600
    assert view["agent"] is None


def test_the_next_in_line_has_nobody_ahead(anna: Borrower, as_borrower: Any) -> None:
    view = standing(as_borrower(anna), ask(anna))
    assert (view["status"], view["ahead"], view["expected_wait"]) == ("queued", 0, None)


def test_a_served_borrower_sees_who_answers_and_no_queue(anna: Borrower, elena: User, as_borrower: Any) -> None:
    come(elena)
    view = standing(as_borrower(anna), ask(anna))
    assert view["status"] == "assigned"
    assert view["agent"] == {"name": "Елена", "initials": "ЕВ"}
    assert view["ahead"] is None


def test_a_strangers_place_in_the_queue_does_not_exist(anna: Borrower, sergey: Borrower, as_borrower: Any) -> None:
    ticket = ask(anna)
    assert as_borrower(sergey).get(f"/api/v1/conversations/{ticket.conversation_id}/ticket").status_code == 404


def test_everybody_who_waits_is_told_when_the_queue_moves(
    anna: Borrower, sergey: Borrower, elena: User, told: list[tuple[str, dict[str, Any]]]
) -> None:
    come(elena, capacity=1)
    first = ask(person(1))
    second, third = ask(anna), ask(sergey)
    told.clear()
    resolve(ticket=first, by=elena)
    moved = {group: frame["ticket"] for group, frame in told if frame["type"] == "queue.moved"}
    assert moved[f"conversation.{second.conversation_id}.public"]["status"] == "assigned"
    assert moved[f"conversation.{third.conversation_id}.public"]["ahead"] == 0
    told.clear()
    assert announcements.announce_queue() == 1
    assert [group for group, _ in told] == [f"conversation.{third.conversation_id}.public"]


def test_a_number_that_the_pause_held_back_is_told_by_the_next_sweep(
    anna: Borrower, sergey: Borrower, told: list[tuple[str, dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Announcements of one process are a second apart; a worker sweeps every five: no number is stale for longer."""
    first, second, third = ask(person(1)), ask(anna), ask(sergey)
    monkeypatch.setattr(announcements, "_next_at", inf)
    for gone in (first, second):
        chat.close_conversation(conversation=gone.conversation, by=gone.conversation.borrower)
    told.clear()
    tickets.sweep()
    frames = [frame for _, frame in told if frame["type"] == "queue.moved"]
    assert [(frame["conversation"], frame["ticket"]["ahead"]) for frame in frames] == [(str(third.conversation_id), 0)]
    assert SWEEP_TIME <= 5


def test_the_frame_and_the_interface_say_the_same(
    anna: Borrower, as_borrower: Any, told: list[tuple[str, dict[str, Any]]]
) -> None:
    ticket = ask(anna)
    frames = [frame for _, frame in told if frame["type"] == "queue.moved"]
    assert frames[-1]["ticket"] == standing(as_borrower(anna), ticket) == queue_view(ticket)


def test_the_agents_inbox_is_told_of_a_new_chat(
    anna: Borrower, elena: User, told: list[tuple[str, dict[str, Any]]]
) -> None:
    come(elena)
    told.clear()
    ticket = ask(anna)
    assert (f"actor.{elena.pk}", {"type": "inbox.changed", "ticket": ticket.number}) in told
    assert ("supervisors", {"type": "inbox.changed", "ticket": ticket.number}) in told


def test_a_letter_nobody_took_is_told_to_everybody_who_is_here(
    elena: User, dmitry: User, told: list[tuple[str, dict[str, Any]]]
) -> None:
    come(elena, dmitry)
    told.clear()
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    author = chat.Correspondent(name="Ирина", address="i.lapteva@mail.example")
    chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    assert {f"actor.{elena.pk}", f"actor.{dmitry.pk}"} <= {group for group, _ in told}


@pytest.fixture
def closed_now(db: None) -> datetime:
    """The desk is closed today and opens tomorrow at nine; the moment it opens."""
    local = timezone.localtime()
    tomorrow = local + timedelta(days=1)
    tickets.set_hours(hours={tomorrow.weekday(): (time(9), time(18))})
    return tomorrow.replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture(autouse=True)
def usual_hours_again(db: None) -> Any:
    from tickets.queries.promises import forget_promises

    forget_promises()
    yield
    forget_promises()


def test_out_of_hours_the_question_becomes_a_ticket_with_an_honest_time(
    anna: Borrower, closed_now: datetime, as_borrower: Any
) -> None:
    client = as_borrower(anna)
    desk = client.get("/api/v1/home").json()["desk"]
    assert desk["open"] is False
    assert datetime.fromisoformat(desk["opens_at"]) == closed_now
    ticket = ask(anna)
    view = standing(client, ticket)
    assert (view["status"], view["ahead"]) == ("out_of_hours", None)
    assert datetime.fromisoformat(view["opens_at"]) == closed_now
    assert datetime.fromisoformat(view["due_at"]) == closed_now + timedelta(seconds=30)
    assert ticket.queued_at is not None, "it is served when somebody comes"


def test_somebody_who_is_here_out_of_hours_answers_all_the_same(
    anna: Borrower, elena: User, closed_now: datetime, as_borrower: Any
) -> None:
    come(elena)
    assert as_borrower(anna).get("/api/v1/home").json()["desk"]["open"] is True
    assert ask(anna).assignee == elena


def test_home_shows_the_open_chat_the_topics_and_the_desk(anna: Borrower, elena: User, as_borrower: Any) -> None:
    tickets.seed_desk()
    come(elena)
    ticket = ask(anna)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Здравствуйте, Анна")
    home = as_borrower(anna).get("/api/v1/home").json()
    assert home["borrower"] == {"first_name": "Анна", "email": "a•••@mail.example"}
    assert home["desk"] == {
        "open": True,
        "opens_at": None,
        "expected_wait": 0,
        "agents_available": 1,
        "mailbox": None,
    }
    assert [topic["code"] for topic in home["topics"]] == ["extension", "payments", "documents", "access", "other"]
    assert home["open_conversation"]["id"] == str(ticket.conversation_id)
    assert home["open_conversation"]["agent"] == {"name": "Елена", "initials": "ЕВ"}
    assert home["open_conversation"]["last_message"] == {"author_name": "Елена", "body": "Здравствуйте, Анна"}
    assert home["open_conversation"]["unread"] == 1
    assert home["history_count"] == 1


def test_history_holds_chats_and_letters_of_the_borrower_and_nobody_elses(
    anna: Borrower, sergey: Borrower, elena: User, as_borrower: Any
) -> None:
    tickets.seed_desk()
    come(elena)
    ended = ask(anna)
    resolve(ticket=ended, by=elena)
    chat.start_conversation(channel="email", borrower=anna, subject="Справка для ипотеки", context={})
    ask(sergey)
    rows = as_borrower(anna).get("/api/v1/history").json()
    assert [(row["channel"], row["status"]) for row in rows] == [("email", "open"), ("chat", "resolved")]
    assert rows[0]["subject"] == "Справка для ипотеки"
    assert rows[1]["agent_name"] == "Елена"
    assert rows[1]["closed_at"] is not None
    assert rows[1]["rating"] is None


def test_a_reply_after_the_end_goes_on_with_the_same_conversation(
    anna: Borrower, elena: User, as_borrower: Any
) -> None:
    come(elena)
    ticket = ask(anna)
    resolve(ticket=ticket, by=elena)
    client = as_borrower(anna)
    path = f"/api/v1/conversations/{ticket.conversation_id}"
    assert client.post(f"{path}/reopen").status_code == 200
    posted = client.post(f"{path}/messages", {"body": "Не получилось", "id": str(anna.pk)}, format="json")
    assert posted.status_code == 201, posted.content
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Ticket.Status.OPEN, elena)


def test_a_conversation_that_ended_long_ago_stays_ended(
    anna: Borrower, sergey: Borrower, elena: User, as_borrower: Any, settings: Any
) -> None:
    come(elena)
    ticket = ask(anna)
    resolve(ticket=ticket, by=elena)
    path = f"/api/v1/conversations/{ticket.conversation_id}/reopen"
    assert as_borrower(sergey).post(path).status_code == 404
    settings.REOPEN_HOURS = 0
    answer = as_borrower(anna).post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_old")


def test_the_queue_is_served_in_order_when_the_desk_fills(elena: User) -> None:
    asked = [ask(person(number)) for number in range(3)]
    come(elena, capacity=2)
    statuses = [Ticket.objects.get(pk=ticket.pk).assignee_id for ticket in asked]
    assert statuses == [elena.pk, elena.pk, None]
    assert PresenceLease.objects.get(user=elena).expires_at > timezone.now()
