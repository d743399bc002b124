"""Who leads a letter: one person at a time, also after it was finished and taken up again; nobody takes it along."""

from typing import Any

import pytest
from django.utils import timezone

from chat import actions as chat
from chat.models import Participant
from identity import actions as identity
from identity.models import User
from tests.finishing import resolve
from tickets.actions.sweeps import sweep
from tickets.models import Assignment, Ticket

pytestmark = pytest.mark.usefixtures("commits")


@pytest.fixture
def letter(db: None) -> Ticket:
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    _write(conversation, "Прошу справку о закрытии займа")
    return Ticket.objects.get(conversation=conversation)


def _write(conversation: Any, body: str) -> None:
    author = chat.Correspondent("Ирина Лаптева", "i.lapteva@mail.example")
    chat.post_message(conversation=conversation, author=author, body=body)


def take(client: Any, letter: Ticket) -> Any:
    return client.post(f"/api/v1/tickets/{letter.number}/take")


def test_a_letter_that_came_to_life_again_is_taken_by_whoever_led_it(
    letter: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    take(as_staff(elena), letter)
    resolve(ticket=letter, by=elena)
    _write(letter.conversation, "Справка не открывается")
    assert take(as_staff(elena), letter).status_code == 200
    assert Assignment.objects.get(ticket=letter, until=None).agent == elena
    answer = take(as_staff(dmitry), letter)
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")


@pytest.mark.parametrize("is_finished", [False, True])
def test_the_letters_of_somebody_who_left_come_back_to_all(
    is_finished: bool, letter: Ticket, elena: User, dmitry: User, ivan: User, as_staff: Any
) -> None:
    take(as_staff(elena), letter)
    if is_finished:
        resolve(ticket=letter, by=elena)
    identity.deactivate(user=elena, by=ivan)
    if is_finished:
        sweep()
        letter.refresh_from_db()
        assert letter.assignee == elena, "what is finished stays in its hands"
        _write(letter.conversation, "Справка не открывается")
    sweep()
    shown = as_staff(dmitry).get("/api/v1/inbox").json()["letters"]
    assert [row["number"] for row in shown] == [letter.number]
    assert not Participant.objects.filter(conversation=letter.conversation, user=elena, until=None).exists()
    assert take(as_staff(dmitry), letter).status_code == 200


def test_the_letters_of_somebody_who_is_only_away_stay_theirs(letter: Ticket, elena: User, as_staff: Any) -> None:
    take(as_staff(elena), letter)
    assert letter.opened_at < timezone.now()
    sweep()
    letter.refresh_from_db()
    assert letter.assignee == elena
