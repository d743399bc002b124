"""The topic the borrower picks: it brings its own promise, scenario and answers."""

from datetime import timedelta
from typing import Any

import pytest

from chat import actions as chat
from chat.models import Entry
from identity.models import Borrower, User
from tickets import actions as tickets
from tickets.models import CannedAnswer, ScenarioStep, SlaTarget, Ticket, Topic, WorkingHours
from tickets.queries.promises import forget_promises
from tickets.queries.scenarios import steps_in_force
from tickets.rules.answers import day, fill, money
from tickets.rules.names import first_name, short_name
from tickets.rules.scenarios import Mark

pytestmark = pytest.mark.usefixtures("commits")


@pytest.fixture(autouse=True)
def seeded(db: None) -> Any:
    tickets.seed_desk()
    yield
    forget_promises()


def begin(client: Any, topic: str) -> Ticket:
    answer = client.post("/api/v1/conversations", {"topic": topic, "page": "/loans"}, format="json")
    assert answer.status_code == 201, answer.content
    return Ticket.objects.get(conversation=answer.json()["id"])


def test_the_topic_picked_at_the_start_is_the_tickets(anna: Borrower, as_borrower: Any) -> None:
    assert begin(as_borrower(anna), "payments").topic == Topic.objects.get(code="payments")


def test_an_unknown_topic_still_opens_the_chat(anna: Borrower, as_borrower: Any) -> None:
    assert begin(as_borrower(anna), "no-such-topic").topic is None


def test_a_topics_own_promise_goes_before_the_channels(anna: Borrower, as_borrower: Any) -> None:
    SlaTarget.objects.create(
        channel="chat",
        topic=Topic.objects.get(code="access"),
        first_response_time=15,
        next_response_time=60,
        first_warn_time=5,
        next_warn_time=15,
    )
    forget_promises()
    ticket = begin(as_borrower(anna), "access")
    entry = chat.post_message(conversation=ticket.conversation, author=anna, body="Не могу войти")
    ticket.refresh_from_db()
    assert ticket.due_at == entry.created_at + timedelta(seconds=15)


def test_another_topic_changes_the_promise_and_begins_its_scenario_anew(
    anna: Borrower, elena: User, as_borrower: Any, as_staff: Any
) -> None:
    SlaTarget.objects.create(
        channel="chat",
        topic=Topic.objects.get(code="access"),
        first_response_time=15,
        next_response_time=60,
        first_warn_time=5,
        next_warn_time=15,
    )
    forget_promises()
    ticket = begin(as_borrower(anna), "other")
    tickets.ensure_slots(user=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="matched")
    chat.post_message(conversation=ticket.conversation, author=anna, body="Не могу войти")
    tickets.mark_step(ticket=ticket, step=steps_in_force(ticket.topic_id)[0].pk, mark=Mark("done"), by=elena)
    path = f"/api/v1/tickets/{ticket.number}/topic"
    answer = as_staff(elena).put(path, {"topic": "access"}, content_type="application/json")
    assert answer.status_code == 200
    ticket.refresh_from_db()
    assert ticket.due_at == ticket.waiting_since + timedelta(seconds=15)
    assert ticket.steps_done == []
    fact = Entry.objects.get(conversation=ticket.conversation, kind="topic_set")
    assert fact.public_seq is None
    assert fact.data == {"topic": "access", "topic_title": "Вход и личные данные"}
    wrong = as_staff(elena).put(path, {"topic": "nothing"}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "unknown_topic")


def test_seeding_twice_changes_nothing_and_keeps_what_people_changed() -> None:
    models = (Topic, ScenarioStep, SlaTarget, WorkingHours, CannedAnswer)
    Topic.objects.filter(code="other").update(title_ru="Что-то ещё")
    counts = [model.objects.count() for model in models]
    tickets.seed_desk()
    assert [model.objects.count() for model in models] == counts
    assert Topic.objects.get(code="other").title_ru == "Что-то ещё"


def test_every_prepared_answer_uses_only_known_variables() -> None:
    values = dict.fromkeys(
        ["name", "agent", "loan", "due_sum", "due_on", "interest", "principal", "phone", "lender"], "…"
    )
    for answer in CannedAnswer.objects.all():
        assert "{" not in fill(answer.body, values), answer.shortcut


def test_values_are_written_as_each_language_writes_them() -> None:
    from datetime import date

    assert money(17640, "ru") == "17\N{NO-BREAK SPACE}640\N{NO-BREAK SPACE}₽"
    assert money(17640.5, "ru") == "17\N{NO-BREAK SPACE}640,50\N{NO-BREAK SPACE}₽"
    assert money(17640, "en") == "₽17,640"
    assert day(date(2026, 11, 28), "ru") == "28\N{NO-BREAK SPACE}ноября"
    assert day(date(2026, 11, 28), "en") == "28\N{NO-BREAK SPACE}November"


def test_an_unknown_variable_stays_in_sight() -> None:
    assert fill("{имя}, сумма {сумма}", {"name": "Анна"}) == "Анна, сумма {сумма}"


def test_a_row_names_a_person_shortly_in_either_order() -> None:
    assert short_name("Анна Игоревна Ковалёва", "Анна") == "Анна Ковалёва"
    assert short_name("Ковалёва Анна Игоревна", "Анна") == "Анна Ковалёва"
    assert short_name("Ирина Лаптева", "Ирина") == "Ирина Лаптева"


@pytest.mark.parametrize(
    ("signed", "greeted"),
    [
        ("Светлана Ким", "Светлана"),
        ("Сергей М.", "Сергей"),
        ("Ирина", "Ирина"),
        ("Лаптева Ирина", "Ирина"),
        ("Ковалёва Анна Игоревна", "Анна"),
        ("Анна Игоревна Милошевич", "Анна"),
        ("Anna Kim", "Anna"),
        ("Яков Лев", "Яков"),
        ("Мельников С. П.", ""),
        ("ООО Ромашка", ""),
        ("serg84@mail.example", ""),
        ("", ""),
    ],
)
def test_a_letter_is_greeted_by_first_name_or_not_at_all(signed: str, greeted: str) -> None:
    assert first_name(signed) == greeted
