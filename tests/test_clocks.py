"""Who waits for whom: started by the borrower's first word, stopped only by a staff member's public answer."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import actions as chat
from tests.finishing import resolve
from tickets import actions as tickets
from tickets.models import Ticket, TicketEvent
from tickets.queries.promises import promises
from tickets.rules import sla
from tickets.rules.sla import Clock, Promise, Week

MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Week(MOSCOW, {day: (time(9), time(18)) for day in range(5)})
ALWAYS = Week(MOSCOW, {})
CHAT = Promise(30, 120, 10, 30)


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week that begins on Monday, 23 November 2026."""
    return datetime(2026, 11, 23 + day, hour, minute, tzinfo=MOSCOW)


def test_a_due_moment_skips_the_night_and_the_weekend() -> None:
    friday_evening = moscow(4, 17, 30)
    assert sla.add_working(OFFICE, friday_evening, 3600) == moscow(7, 9, 30)


def test_a_question_asked_at_night_is_due_after_the_desk_opens() -> None:
    assert sla.add_working(OFFICE, moscow(0, 3), 60) == moscow(0, 9, 1)


def test_a_desk_that_never_closes_counts_every_second() -> None:
    assert sla.add_working(ALWAYS, moscow(5, 3), 60) == moscow(5, 3, 1)
    assert sla.is_open(ALWAYS, moscow(6, 3))


def test_hours_that_end_at_midnight_reach_the_next_day() -> None:
    week = Week(MOSCOW, {day: (time(12), time(0)) for day in range(7)})
    assert sla.is_open(week, moscow(0, 23, 59))
    assert not sla.is_open(week, moscow(1, 0, 1))
    assert sla.next_opening(week, moscow(1, 0, 1)) == moscow(1, 12)


def test_working_time_between_two_moments_leaves_the_night_out() -> None:
    assert sla.working_between(OFFICE, moscow(0, 17), moscow(1, 10)) == 2 * 3600


def test_the_due_moment_and_the_working_time_are_two_sides_of_one_calendar() -> None:
    for hours in range(0, 24 * 7, 5):
        start = moscow(0, 0) + timedelta(hours=hours)
        due = sla.add_working(OFFICE, start, 5400)
        assert sla.working_between(OFFICE, start, due) == 5400


def test_the_hour_that_the_clocks_are_moved_is_no_working_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Week(
        berlin, {5: (time(22), time(6))}
    )  # in the night of 28 March 2027 the hour from two to three is left out
    begin, end = datetime(2027, 3, 27, 22, tzinfo=berlin), datetime(2027, 3, 28, 6, tzinfo=berlin)
    assert sla.working_between(night, begin.astimezone(UTC), end.astimezone(UTC)) == 7 * 3600
    assert sla.add_working(night, begin, 6 * 3600) == datetime(2027, 3, 28, 5, tzinfo=berlin)


def test_a_second_question_does_not_restart_the_clock() -> None:
    clock = sla.ask(Clock(), moscow(0, 12), promise=CHAT, week=ALWAYS)
    later = sla.ask(clock, moscow(0, 12, 1), promise=CHAT, week=ALWAYS)
    assert (later.waiting_since, later.due_at) == (clock.waiting_since, clock.due_at)
    assert later.borrower_wrote_at == moscow(0, 12, 1)


@pytest.fixture
def ticket(anna: Any) -> Ticket:
    return chat.start_conversation(channel="chat", borrower=anna, context={}).ticket


@pytest.fixture
def led(ticket: Ticket, elena: Any) -> Ticket:
    """Anna's chat, led by Elena."""
    tickets.ensure_slots(user=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="matched")
    return ticket


def say(ticket: Ticket, author: Any, body: str = "Здравствуйте", kind: str = "message") -> Any:
    entry = chat.post_message(conversation=ticket.conversation, author=author, body=body, kind=kind)
    ticket.refresh_from_db()
    return entry


def test_a_conversation_without_a_word_owes_nothing(ticket: Ticket) -> None:
    assert (ticket.waiting_since, ticket.due_at, ticket.queued_at) == (None, None, None)


def test_the_first_word_of_the_borrower_starts_the_clock_of_the_first_answer(led: Ticket, anna: Any) -> None:
    entry = say(led, anna)
    assert led.waiting_since == entry.created_at
    assert led.due_at == entry.created_at + timedelta(seconds=30)
    assert led.warn_at == entry.created_at + timedelta(seconds=20)
    assert led.status == Ticket.Status.OPEN


def test_a_note_does_not_stop_the_clock_and_an_answer_does(led: Ticket, anna: Any, elena: Any) -> None:
    asked = say(led, anna)
    say(led, elena, "Уточняю у коллег", kind="note")
    assert led.waiting_since == asked.created_at
    answered = say(led, elena, "Здравствуйте, Анна")
    assert (led.waiting_since, led.due_at, led.warn_at) == (None, None, None)
    assert led.first_response_at == answered.created_at
    assert led.status == Ticket.Status.WAITING


def test_the_next_answer_has_its_own_promise_and_the_first_moment_never_moves(
    led: Ticket, anna: Any, elena: Any
) -> None:
    say(led, anna)
    first = say(led, elena)
    asked = say(led, anna, "А сколько это стоит?")
    assert led.due_at == asked.created_at + timedelta(seconds=120)
    assert led.warn_at == asked.created_at + timedelta(seconds=90)
    say(led, elena, "Ничего не стоит")
    assert led.first_response_at == first.created_at


def test_each_stopped_clock_leaves_one_event_with_everything_a_metric_needs(led: Ticket, anna: Any, elena: Any) -> None:
    asked = say(led, anna)
    say(led, anna, "И ещё вопрос")
    answered = say(led, elena)
    say(led, elena, "И второе сообщение")
    (event,) = TicketEvent.objects.filter(ticket=led, kind="answered")
    assert event.user == elena
    assert event.data["first"] is True
    assert datetime.fromisoformat(event.data["asked_at"]) == asked.created_at
    waited = (answered.created_at - asked.created_at).total_seconds()
    assert event.data["wait"] == pytest.approx(waited, abs=0.002)
    assert event.data["in_time"] is True


def test_a_batch_with_a_question_and_its_answer_moves_the_clock_through_both(
    led: Ticket, anna: Any, elena: Any
) -> None:
    from chat.access import writer_of

    posts = [
        chat.Post(conversation=led.conversation_id, writer=writer_of(anna), body="Есть вопрос"),
        chat.Post(conversation=led.conversation_id, writer=writer_of(elena), body="Слушаю"),
        chat.Post(conversation=led.conversation_id, writer=writer_of(anna), body="Когда платить?"),
    ]
    outcomes = chat.post_messages(posts)
    led.refresh_from_db()
    assert led.waiting_since == outcomes[2].entry.created_at
    assert led.first_response_at == outcomes[1].entry.created_at
    assert TicketEvent.objects.filter(ticket=led, kind="answered").count() == 1


def test_a_larger_batch_costs_no_more_statements(anna: Any, sergey: Any, elena: Any) -> None:
    from chat.access import writer_of

    tickets.ensure_slots(user=elena)
    posts = []
    for borrower in (anna, sergey):
        conversation = chat.start_conversation(channel="chat", borrower=borrower, context={})
        tickets.assign(ticket=conversation.ticket, agent=elena, reason="matched")
        posts += [
            chat.Post(conversation=conversation.pk, writer=writer_of(author), body=f"{number}")
            for number in range(10)
            for author in (borrower, elena)
        ]
    promises()  # read once in a while
    with CaptureQueriesContext(connection) as few:
        chat.post_messages(posts[:2])
    with CaptureQueriesContext(connection) as many:
        chat.post_messages(posts[2:])
    assert len(many) == len(few) < 12
    statements = [query["sql"].split()[0] for query in many]
    assert statements.count("SAVEPOINT") == 1, "one for the batch, none for the mail"
    assert sum('"tickets_ticket"' in query["sql"] for query in many) == 0, "the tickets are read once, by the clocks"


def test_a_letter_is_promised_an_answer_within_the_hour(db: None) -> None:
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    author = chat.Correspondent(name="Ирина Лаптева", address="i.lapteva@mail.example")
    entry = chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    ticket = conversation.ticket
    assert ticket.due_at == entry.created_at + timedelta(hours=1)
    assert ticket.queued_at is None, "letters are taken, not matched"


def test_a_letter_to_a_resolved_ticket_opens_it_again(elena: Any) -> None:
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    author = chat.Correspondent(name="Ирина Лаптева", address="i.lapteva@mail.example")
    chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    tickets.take(ticket=conversation.ticket, by=elena)
    chat.post_message(conversation=conversation, author=elena, body="Справка отправлена")
    resolve(ticket=conversation.ticket, by=elena)
    chat.post_message(conversation=conversation, author=author, body="Не пришла")
    ticket = Ticket.objects.get(conversation=conversation)
    assert ticket.status == Ticket.Status.OPEN
    assert ticket.assignee == elena
    assert ticket.resolved_at is None
    kinds = list(TicketEvent.objects.filter(ticket=ticket).order_by("id").values_list("kind", flat=True))
    assert kinds == ["opened", "assigned", "answered", "resolved", "reopened"]


def test_times_are_kept_in_utc(led: Ticket, anna: Any) -> None:
    say(led, anna)
    assert led.waiting_since is not None
    assert led.waiting_since.tzinfo == UTC
