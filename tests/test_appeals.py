"""The register of written appeals: numbers without a gap, the law's own working days, and what alone ends one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from chat import actions as chat
from tests.finishing import resolve
from tickets.actions.appeals import register_appeal
from tickets.actions.promises import enter_production_day
from tickets.errors import Invalid
from tickets.models import Appeal, OutboundLetter, Ticket
from tickets.rules.production import add_workdays


def letter(number: int) -> Ticket:
    address = f"i{number}@mail.example"
    conversation = chat.start_conversation(channel="email", correspondent_address=address, is_shared=True, context={})
    author = chat.Correspondent(name="Ирина", address=address)
    chat.post_message(conversation=conversation, author=author, body="Прошу письменный ответ")
    return conversation.ticket


def test_an_appeal_of_30_december_is_due_after_the_long_holidays() -> None:
    assert add_workdays(date(2026, 12, 30), 15) == date(2027, 1, 29)


def test_a_letter_gets_a_number_a_deadline_and_a_badge(olga: Any, as_staff: Any) -> None:
    ticket, page = letter(1), as_staff(olga)
    today = timezone.localdate()
    assert page.post(f"/inbox/{ticket.number}/appeal/", {"received_on": today, "channel": "email"}).status_code == 302
    appeal = Appeal.objects.get()
    assert (appeal.number, appeal.due_on) == (f"{today.year}-00001", add_workdays(today, 15))
    panel = page.get(f"/inbox/{ticket.number}/context/").content.decode()
    assert appeal.number in panel
    assert "15 рабочих дней" in panel
    again = page.post(f"/inbox/{ticket.number}/appeal/", {"received_on": today, "channel": "email"})
    assert again.status_code == 400


def test_our_answer_and_the_end_of_the_work_do_not_stop_the_clock_of_the_law(olga: Any, elena: Any) -> None:
    from tickets import actions as tickets

    ticket = letter(1)
    appeal = register_appeal(ticket=ticket, received_on=timezone.localdate(), channel="email", by=olga)
    tickets.take(ticket=ticket, by=elena)
    chat.post_message(conversation=ticket.conversation, author=elena, body="Готовим ответ")
    resolve(ticket=ticket, by=elena)
    appeal.refresh_from_db()
    assert appeal.ended_on is None


def test_every_answer_by_letter_names_the_number_and_the_day(olga: Any, elena: Any, as_staff: Any) -> None:
    from tickets import actions as tickets

    ticket, plain = letter(1), letter(2)
    appeal = register_appeal(ticket=ticket, received_on=date(2026, 11, 3), channel="email", by=olga)
    for each in (ticket, plain):
        tickets.take(ticket=each, by=elena)
        chat.post_message(conversation=each.conversation, author=elena, body="Отвечаем по существу")
    named = f"В ответ на обращение {appeal.number} от 03.11.2026"
    assert OutboundLetter.objects.get(ticket=ticket).signature.splitlines()[-1] == named
    assert "обращение" not in OutboundLetter.objects.get(ticket=plain).signature
    shown = as_staff(elena).get(f"/api/v1/tickets/{ticket.number}/letters").json()
    assert named in str(shown), "the agent sees before sending what the letter will end with"


def test_it_is_extended_once_with_a_reason_and_ended_once(olga: Any, as_staff: Any) -> None:
    page = as_staff(olga)
    appeal = register_appeal(ticket=letter(1), received_on=timezone.localdate(), channel="paper", by=olga)
    assert page.post(f"/appeals/{appeal.pk}/extend/", {"reason": " "}).status_code == 400
    assert page.post(f"/appeals/{appeal.pk}/extend/", {"reason": "Запрос в банк"}).status_code == 302
    assert page.post(f"/appeals/{appeal.pk}/extend/", {"reason": "Ещё раз"}).status_code == 400
    appeal.refresh_from_db()
    assert appeal.due_on == add_workdays(timezone.localdate(), 25)
    said = {"ending": "answered", "on": timezone.localdate().isoformat()}
    early = said | {"on": (timezone.localdate() - timedelta(days=1)).isoformat()}
    assert page.post(f"/appeals/{appeal.pk}/end/", early).status_code == 400
    assert page.post(f"/appeals/{appeal.pk}/end/", said).status_code == 302
    assert page.post(f"/appeals/{appeal.pk}/end/", said).status_code == 400
    listed = page.get("/appeals/", {"state": "ended"}).content.decode()
    assert appeal.number in listed
    assert appeal.number not in page.get("/appeals/", {"state": "open"}).content.decode()
    assert appeal.number in page.get("/appeals/export/", {"state": "ended"}).content.decode()


def test_a_day_moved_by_hand_moves_the_deadlines_that_are_ahead(olga: Any, ivan: Any) -> None:
    appeal = register_appeal(ticket=letter(1), received_on=timezone.localdate(), channel="email", by=olga)
    before = appeal.due_on
    enter_production_day(on=before, kind="off", by=ivan)
    appeal.refresh_from_db()
    assert appeal.due_on == add_workdays(before, 1)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_whoever_registers_at_the_same_time(olga: Any) -> None:
    found = [letter(number) for number in range(6)]

    def take(ticket: Ticket) -> None:
        try:
            register_appeal(ticket=ticket, received_on=timezone.localdate(), channel="email", by=olga)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(take, found))
    with pytest.raises(Invalid):  # what fails gives its number back
        register_appeal(ticket=found[0], received_on=timezone.localdate(), channel="email", by=olga)
    assert sorted(Appeal.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
