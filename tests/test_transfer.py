"""From one agent to another, with a line that the next one reads first, and a way back for a few seconds."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat import actions as chat
from chat.access import conversations_visible_to
from chat.models import Entry, Participant
from identity.models import Borrower, User
from tickets import actions as tickets
from tickets.models import Assignment, Slot, Ticket

pytestmark = pytest.mark.usefixtures("commits")

SUMMARY = "Двойное списание 6 300 ₽, возврат оформлен, осталось назвать срок"


@pytest.fixture
def ticket(anna: Borrower, elena: User, dmitry: User) -> Ticket:
    """Anna's chat, led by Elena; Dmitry is on the line too."""
    come(elena)
    conversation = chat.start_conversation(channel="chat", borrower=anna, context={})
    chat.post_message(conversation=conversation, author=anna, body="Деньги списали два раза")
    come(dmitry)
    return Ticket.objects.get(conversation=conversation)


def come(*people: User, capacity: int = 5) -> None:
    for person in people:
        tickets.ensure_slots(user=person, capacity=capacity)
        tickets.set_availability(user=person, state="available")
    tickets.renew_presence(user_ids=[person.pk for person in people])


def hand_over(client: Any, ticket: Ticket, to: User | None, summary: str = SUMMARY) -> Any:
    body = {"to": str(to.pk) if to else None, "summary": summary}
    return client.post(f"/api/v1/tickets/{ticket.number}/transfer", body, content_type="application/json")


def test_a_transfer_moves_the_place_the_right_and_the_work(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    assert hand_over(as_staff(elena), ticket, dmitry).status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == dmitry
    assert Slot.objects.get(ticket=ticket).agent == dmitry
    assert ticket.conversation in conversations_visible_to(dmitry)
    assert ticket.conversation not in conversations_visible_to(elena)
    given, taken = Assignment.objects.filter(ticket=ticket).order_by("since")
    assert (given.agent, given.ending) == (elena, "transferred")
    assert (taken.agent, taken.by, taken.reason, taken.summary) == (dmitry, elena, "transferred", SUMMARY)


def test_the_summary_is_internal_and_stands_before_the_next_agent_comes(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any, as_borrower: Any, anna: Borrower
) -> None:
    hand_over(as_staff(elena), ticket, dmitry)
    facts = list(Entry.objects.filter(conversation=ticket.conversation).exclude(kind="message").order_by("seq"))
    assert [fact.kind for fact in facts][-2:] == ["transferred", "assigned"]
    assert facts[-2].data["summary"] == SUMMARY
    assert facts[-2].public_seq is None
    seen = as_borrower(anna).get(f"/api/v1/conversations/{ticket.conversation_id}/entries").content.decode()
    assert "Дмитрий" in seen
    assert "возврат оформлен" not in seen


def test_without_a_summary_nothing_moves(ticket: Ticket, elena: User, dmitry: User, as_staff: Any) -> None:
    answer = hand_over(as_staff(elena), ticket, dmitry, summary="  ")
    assert (answer.status_code, answer.json()["code"]) == (400, "summary_required")
    ticket.refresh_from_db()
    assert ticket.assignee == elena


def test_a_full_colleague_is_refused_and_the_chat_stays(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    Slot.objects.filter(agent=dmitry).delete()
    answer = hand_over(as_staff(elena), ticket, dmitry)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_free_slot")
    ticket.refresh_from_db()
    assert ticket.assignee == elena
    assert Slot.objects.get(ticket=ticket).agent == elena
    assert not Entry.objects.filter(conversation=ticket.conversation, kind="transferred").exists()


def test_a_transfer_to_the_queue_goes_to_somebody_else(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    assert hand_over(as_staff(elena), ticket, None).status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == dmitry


def test_a_transfer_to_somebody_who_left_or_to_oneself_is_refused(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    User.objects.filter(pk=dmitry.pk).update(deactivated_at=timezone.now())
    assert hand_over(as_staff(elena), ticket, dmitry).json()["code"] == "unknown_agent"
    assert hand_over(as_staff(elena), ticket, elena).json()["code"] == "same_agent"


def test_a_transfer_can_be_undone_while_the_other_has_not_answered(
    ticket: Ticket, elena: User, dmitry: User, as_staff: Any
) -> None:
    client = as_staff(elena)
    hand_over(client, ticket, dmitry)
    assert client.post(f"/api/v1/tickets/{ticket.number}/transfer/undo").status_code == 200
    ticket.refresh_from_db()
    assert ticket.assignee == elena
    assert Slot.objects.get(ticket=ticket).agent == elena
    assert not Participant.objects.filter(conversation=ticket.conversation, user=dmitry, until=None).exists()


@pytest.mark.parametrize("why", ["answered", "late"])
def test_too_late_is_too_late(why: str, ticket: Ticket, elena: User, dmitry: User, as_staff: Any) -> None:
    client = as_staff(elena)
    hand_over(client, ticket, dmitry)
    if why == "answered":
        chat.post_message(conversation=ticket.conversation, author=dmitry, body="Здравствуйте, Анна")
    else:
        past = timezone.now() - timedelta(seconds=11)
        Assignment.objects.filter(ticket=ticket, agent=elena).update(until=past)
    answer = client.post(f"/api/v1/tickets/{ticket.number}/transfer/undo")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")


def test_a_letter_is_handed_over_without_a_place(elena: User, dmitry: User, as_staff: Any) -> None:
    conversation = chat.start_conversation(
        channel="email", correspondent_address="i.lapteva@mail.example", is_shared=True, context={}
    )
    tickets.take(ticket=conversation.ticket, by=elena)
    assert hand_over(as_staff(elena), conversation.ticket, dmitry).status_code == 200
    assert Ticket.objects.get(conversation=conversation).assignee == dmitry


def test_a_chat_sent_on_from_the_queue_is_no_longer_of_whoever_had_it_on_hold(
    ticket: Ticket, elena: User, dmitry: User, olga: User, anna: Borrower, as_staff: Any
) -> None:
    chat.post_message(conversation=ticket.conversation, author=elena, body="Здравствуйте, Анна! Проверяю.")
    tickets.snooze(ticket=ticket, until=timezone.now() + timedelta(hours=1), by=elena)
    tickets.set_availability(user=elena, state="break", reason="Обед")
    tickets.set_availability(user=dmitry, state="break", reason="Обед")
    chat.post_message(conversation=ticket.conversation, author=anna, body="Ну что там?")
    ticket.refresh_from_db()
    assert ticket.returns_to == elena, "it waits in the queue for its agent"
    assert hand_over(as_staff(olga), ticket, None).status_code == 200
    assert ticket.conversation not in conversations_visible_to(elena)


def test_a_misspelt_request_moves_nothing(ticket: Ticket, elena: User, dmitry: User, as_staff: Any) -> None:
    """``to`` may be left out, so that a wrong name for it would send the chat to the queue."""
    body = {"agent": str(dmitry.pk), "summary": SUMMARY}
    address = f"/api/v1/tickets/{ticket.number}/transfer"
    assert as_staff(elena).post(address, body, content_type="application/json").status_code == 400
    ticket.refresh_from_db()
    assert ticket.assignee == elena
