"""What the inbox asks the desk for, tried as owner, as a colleague, as a supervisor and as a borrower."""

import uuid
from typing import Any

import pytest
from django.test import Client

from chat import actions as chat
from identity.models import Borrower, User
from quality.actions import rate_conversation
from tests.finishing import give_topic, resolve
from tickets import actions as tickets
from tickets.models import Ticket, Topic
from tickets.queries.scenarios import steps_in_force

pytestmark = pytest.mark.usefixtures("commits")

ACTIONS = ["resolve", "reopen", "take", "snooze", "transfer", "transfer/undo"]


def come(*people: User, capacity: int = 5) -> None:
    for person in people:
        tickets.ensure_slots(user=person, capacity=capacity)
        tickets.set_availability(user=person, state="available")
    tickets.renew_presence(user_ids=[person.pk for person in people])


def ask(person: Borrower, body: str = "Хочу перенести дату", topic: str = "") -> Ticket:
    conversation = chat.start_conversation(
        channel="chat", borrower=person, page="/loans/24-118406", context={"topic": topic}
    )
    chat.post_message(conversation=conversation, author=person, body=body)
    return Ticket.objects.get(conversation=conversation)


def letter(
    address: str = "i.lapteva@mail.example",
    subject: str = "Справка о закрытии",
    body: str = "Пришлите справку для банка",
) -> Ticket:
    conversation = chat.start_conversation(
        channel="email",
        correspondent_name="Ирина Лаптева",
        correspondent_address=address,
        subject=subject,
        is_shared=True,
        context={},
    )
    author = chat.Correspondent(name="Ирина Лаптева", address=address)
    chat.post_message(conversation=conversation, author=author, body=body)
    return Ticket.objects.get(conversation=conversation)


def inbox(client: Client) -> dict[str, Any]:
    answer = client.get("/api/v1/inbox")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def put(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.put(f"/api/v1/{path}", body, content_type="application/json")


def post(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    return client.post(f"/api/v1/{path}", body or {}, content_type="application/json")


def test_the_inbox_shows_five_places_and_the_chat_in_the_first(anna: Borrower, elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    come(elena)
    ticket = ask(anna, topic="extension")
    shown = inbox(as_staff(elena))
    assert shown["me"]["availability"] == "available"
    assert shown["me"]["capacity"] == 5
    assert [slot["number"] for slot in shown["slots"]] == [1, 2, 3, 4, 5]
    assert [slot["ticket"] for slot in shown["slots"][1:]] == [None] * 4
    row = shown["slots"][0]["ticket"]
    assert row["number"] == ticket.number
    assert row["conversation"] == str(ticket.conversation_id)
    assert (row["name"], row["initials"]) == ("Анна Ковалёва", "АК")
    assert row["topic_title"] == "Продлить займ или перенести дату"
    assert row["last_message"]["body"] == "Хочу перенести дату"
    assert (row["unread"], row["has_draft"], row["identity"], row["is_new"]) == (1, False, "verified", True)
    assert row["waiting_since"] < row["warn_at"] < row["due_at"]
    assert row["target"] == 30
    assert row["answer_due_at"] is not None
    assert shown["waiting_count"] == 1


def test_reading_and_a_draft_show_on_the_row(anna: Borrower, elena: User, as_staff: Any) -> None:
    come(elena)
    ticket = ask(anna)
    chat.mark_seen(conversation=ticket.conversation, reader=elena, seq=ticket.conversation.entries.count())
    chat.save_draft(conversation=ticket.conversation, user=elena, mode="reply", body="Анна, ")
    row = inbox(as_staff(elena))["slots"][0]["ticket"]
    assert (row["unread"], row["has_draft"]) == (0, True)


def test_places_keep_their_order_when_one_in_the_middle_is_freed(elena: User, as_staff: Any) -> None:
    come(elena, capacity=3)
    people = [
        Borrower.objects.create(customer_id=f"B-{number}", full_name=f"Борис {number}", first_name="Борис")
        for number in range(4)
    ]
    asked = [give_topic(ask(person)) for person in people[:3]]
    post(as_staff(elena), f"tickets/{asked[1].number}/resolve")
    places = [slot["ticket"] and slot["ticket"]["number"] for slot in inbox(as_staff(elena))["slots"]]
    assert places == [asked[0].number, None, asked[2].number]
    fourth = ask(people[3])
    places = [slot["ticket"] and slot["ticket"]["number"] for slot in inbox(as_staff(elena))["slots"]]
    assert places == [asked[0].number, fourth.number, asked[2].number]


def test_letters_nobody_took_are_in_every_inbox_and_the_first_to_take_has_it(
    elena: User, dmitry: User, as_staff: Any
) -> None:
    ticket = letter()
    for user in (elena, dmitry):
        rows = inbox(as_staff(user))["letters"]
        assert [row["number"] for row in rows] == [ticket.number]
        assert rows[0]["identity"] == "unverified"
        assert rows[0]["subject"] == "Справка о закрытии"
    assert post(as_staff(elena), f"tickets/{ticket.number}/take").status_code == 200
    assert inbox(as_staff(dmitry))["letters"] == []
    assert [row["number"] for row in inbox(as_staff(elena))["letters"]] == [ticket.number]


def test_the_second_to_take_a_letter_is_told_who_has_it(elena: User, dmitry: User, as_staff: Any) -> None:
    ticket = letter()
    tickets.take(ticket=ticket, by=elena)
    answer = post(as_staff(dmitry), f"tickets/{ticket.number}/take")
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert "Елена" in answer.json()["message"]


def test_a_letter_somebody_took_is_theirs_alone_until_it_goes_back(elena: User, dmitry: User, as_staff: Any) -> None:
    ticket = letter()
    path = f"/api/v1/conversations/{ticket.conversation_id}"
    assert as_staff(dmitry).get(path).status_code == 200
    tickets.take(ticket=ticket, by=elena)
    assert as_staff(dmitry).get(path).status_code == 404
    tickets.transfer(ticket=ticket, to=None, by=elena, summary="Вопрос про ипотеку, мне не хватает прав")
    assert as_staff(dmitry).get(path).status_code == 200
    assert [row["number"] for row in inbox(as_staff(dmitry))["letters"]] == [ticket.number]


def test_a_chat_cannot_be_taken(anna: Borrower, elena: User, as_staff: Any, olga: User) -> None:
    ticket = ask(anna)
    answer = post(as_staff(olga), f"tickets/{ticket.number}/take")
    assert (answer.status_code, answer.json()["code"]) == (400, "chats_come_by_themselves")


def test_a_colleagues_ticket_does_not_exist(anna: Borrower, elena: User, dmitry: User, as_staff: Any) -> None:
    come(elena)
    ticket = ask(anna)
    stranger = as_staff(dmitry)
    assert stranger.get(f"/api/v1/tickets/{ticket.number}").status_code == 404
    for action in ACTIONS:
        body = {"until": "2099-01-01T00:00:00Z", "summary": "мне"}
        assert post(stranger, f"tickets/{ticket.number}/{action}", body).status_code == 404, action
    assert put(stranger, f"tickets/{ticket.number}/topic", {"topic": ""}).status_code == 404
    assert put(stranger, f"tickets/{ticket.number}/steps/1", {"done": True}).status_code == 404
    ticket.refresh_from_db()
    assert ticket.assignee == elena


def test_a_borrower_finds_nothing_of_the_staffs_side(anna: Borrower, elena: User, as_borrower: Any) -> None:
    come(elena)
    ticket = ask(anna)
    client = as_borrower(anna)
    for path in ("inbox", "agents", "answers", "availability", "reports/service", f"tickets/{ticket.number}"):
        assert client.get(f"/api/v1/{path}").status_code in {403, 404}, path
    for action in ACTIONS:
        assert client.post(f"/api/v1/tickets/{ticket.number}/{action}", {}, format="json").status_code == 404


def test_staff_find_nothing_of_the_borrowers_side(elena: User, as_staff: Any) -> None:
    for path in ("home", "history"):
        assert as_staff(elena).get(f"/api/v1/{path}").status_code in {403, 404}, path


def test_without_signing_in_there_is_nothing(client: Client, db: None) -> None:
    for path in ("home", "history", "inbox", "agents", "answers", "availability", "reports/service", "tickets/1"):
        assert client.get(f"/api/v1/{path}").status_code in {401, 403}, path


def test_a_supervisor_may_resolve_anybodys_ticket(anna: Borrower, elena: User, olga: User, as_staff: Any) -> None:
    come(elena)
    ticket = give_topic(ask(anna))
    answer = post(as_staff(olga), f"tickets/{ticket.number}/resolve")
    assert (answer.status_code, answer.json()["status"]) == (200, "resolved")


def test_resolving_twice_is_refused_in_words(anna: Borrower, elena: User, as_staff: Any) -> None:
    come(elena)
    ticket = give_topic(ask(anna))
    assert post(as_staff(elena), f"tickets/{ticket.number}/resolve").status_code == 200
    answer = post(as_staff(elena), f"tickets/{ticket.number}/resolve")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_resolved")


def test_the_scenario_is_ticked_step_by_step(anna: Borrower, elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    come(elena)
    ticket = ask(anna, topic="extension")
    steps = as_staff(elena).get(f"/api/v1/tickets/{ticket.number}").json()["steps"]
    assert steps[0]["text"] == "Представиться по имени"
    assert [step["done"] for step in steps] == [False] * 5
    answer = put(as_staff(elena), f"tickets/{ticket.number}/steps/{steps[0]['id']}", {"done": True})
    assert [step["done"] for step in answer.json()["steps"]] == [True, False, False, False, False]
    answer = put(as_staff(elena), f"tickets/{ticket.number}/steps/{steps[0]['id']}", {"done": False})
    assert not any(step["done"] for step in answer.json()["steps"])
    foreign = steps_in_force(Topic.objects.get(code="payments").pk)[0].pk
    assert put(as_staff(elena), f"tickets/{ticket.number}/steps/{foreign}", {"done": True}).status_code == 400


def test_a_snoozed_letter_is_out_of_sight_until_its_moment(elena: User, as_staff: Any) -> None:
    ticket = letter()
    tickets.take(ticket=ticket, by=elena)
    client = as_staff(elena)
    answer = post(client, f"tickets/{ticket.number}/snooze", {"until": "2020-01-01T09:00:00Z"})
    assert (answer.status_code, answer.json()["code"]) == (400, "moment_passed")
    assert post(client, f"tickets/{ticket.number}/snooze", {"until": "2099-01-01T09:00:00Z"}).status_code == 200
    assert inbox(client)["letters"] == []
    Ticket.objects.filter(pk=ticket.pk).update(snoozed_until="2020-01-01T09:00:00Z")
    assert tickets.wake_snoozed() == 1
    assert [row["number"] for row in inbox(client)["letters"]] == [ticket.number]


def test_a_letter_that_is_written_again_comes_back_at_once(elena: User, as_staff: Any) -> None:
    ticket = letter()
    tickets.take(ticket=ticket, by=elena)
    post(as_staff(elena), f"tickets/{ticket.number}/snooze", {"until": "2099-01-01T09:00:00Z"})
    author = chat.Correspondent(name="Ирина Лаптева", address="i.lapteva@mail.example")
    chat.post_message(conversation=ticket.conversation, author=author, body="Нужно срочно")
    assert [row["number"] for row in inbox(as_staff(elena))["letters"]] == [ticket.number]


def test_agents_see_each_others_free_places(anna: Borrower, elena: User, dmitry: User, as_staff: Any) -> None:
    come(elena, dmitry)
    tickets.set_availability(user=dmitry, state="break", reason="обед")
    ask(anna)
    (colleague,) = as_staff(dmitry).get("/api/v1/agents").json()
    assert colleague["display_name"] == "Елена"
    assert (colleague["load"], colleague["capacity"], colleague["free"]) == (1, 5, 4)
    (colleague,) = as_staff(elena).get("/api/v1/agents").json()
    assert (colleague["availability"], colleague["reason"]) == ("break", "обед")


def test_an_agent_begins_a_chat_with_a_borrower_of_theirs(anna: Borrower, elena: User, as_staff: Any) -> None:
    come(elena)
    ticket = ask(anna)
    resolve(ticket=ticket, by=elena)
    answer = post(as_staff(elena), f"borrowers/{anna.pk}/conversations")
    assert answer.status_code == 201
    begun = Ticket.objects.get(number=answer.json()["number"])
    assert begun.assignee == elena
    assert begun.number != ticket.number


def test_nobody_can_begin_a_chat_with_a_borrower_they_do_not_know(anna: Borrower, elena: User, as_staff: Any) -> None:
    come(elena)
    assert post(as_staff(elena), f"borrowers/{anna.pk}/conversations").status_code == 404
    assert post(as_staff(elena), f"borrowers/{uuid.uuid4()}/conversations").status_code == 404


def test_answers_come_by_shortcut_with_their_variables_filled(anna: Borrower, elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    come(elena)
    ticket = ask(anna, topic="extension")
    query = {"query": "здрав", "conversation": str(ticket.conversation_id)}
    (answer,) = as_staff(elena).get("/api/v1/answers", query).json()
    assert answer["shortcut"] == "здравствуйте"
    assert answer["filled"] == "Анна, здравствуйте! Меня зовут Елена, я помогу вам с этим вопросом."
    assert "{имя}" in answer["body"]


def test_answers_are_found_by_any_form_of_a_russian_word(elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    found = as_staff(elena).get("/api/v1/answers", {"query": "комиссии"}).json()
    assert "погашение-досрочно" in [answer["shortcut"] for answer in found], "the text says «комиссия» in another case"


def test_answers_of_the_tickets_topic_come_first(anna: Borrower, elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    come(elena)
    ticket = ask(anna, topic="documents")
    query = {"query": "", "conversation": str(ticket.conversation_id)}
    found = as_staff(elena).get("/api/v1/answers", query).json()
    assert [answer["topic"] for answer in found[:2]] == ["documents", "documents"]
    assert {answer["topic"] for answer in found if answer["fitting"]} == {"documents"}
    fitting = as_staff(elena).get("/api/v1/answers", query | {"fitting": "1"}).json()
    assert {answer["topic"] for answer in fitting} == {"documents"}


def test_a_hostile_query_finds_nothing_and_breaks_nothing(elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    for query in ("'", "':*", "a & | !", "\\", "%", "(((", "«»", "'; drop table tickets_ticket; --"):
        assert as_staff(elena).get("/api/v1/answers", {"query": query}).status_code == 200, query


def test_an_unproved_sender_gets_no_loan_into_an_answer(elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    ticket = letter()
    query = {"query": "погашение", "conversation": str(ticket.conversation_id)}
    (answer,) = as_staff(elena).get("/api/v1/answers", query).json()
    assert "{сумма}" in answer["filled"]


def test_a_letter_is_greeted_by_the_first_name_alone(elena: User, as_staff: Any) -> None:
    tickets.seed_desk()
    query = {"query": "здрав", "conversation": str(letter().conversation_id)}
    (answer,) = as_staff(elena).get("/api/v1/answers", query).json()
    assert answer["filled"].startswith("Ирина, здравствуйте!")


def test_the_panel_tells_how_a_past_chat_was_rated(anna: Borrower, elena: User, as_staff: Any) -> None:
    come(elena)
    past = ask(anna)
    resolve(ticket=past, by=elena)
    rate_conversation(conversation=past.conversation, borrower=anna, rating=5)
    panel = as_staff(elena).get(f"/inbox/{ask(anna).number}/context/").content.decode()
    assert "Решено · оценка 5" in panel


def test_nobody_gets_answers_filled_from_a_foreign_conversation(
    anna: Borrower, elena: User, dmitry: User, as_staff: Any
) -> None:
    come(elena)
    ticket = ask(anna)
    query = {"query": "", "conversation": str(ticket.conversation_id)}
    assert as_staff(dmitry).get("/api/v1/answers", query).status_code == 404


def test_a_priority_is_set_and_read_by_other_programs(anna: Any, elena: Any, as_staff: Any) -> None:
    ticket = chat.start_conversation(channel="email", borrower=anna, is_shared=True, context={}).ticket
    client, path = as_staff(elena), f"/api/v1/tickets/{ticket.number}"
    tickets.take(ticket=ticket, by=elena)
    assert client.get(path).json()["priority"] == "normal"
    said = client.put(f"{path}/priority", {"priority": "urgent"}, content_type="application/json")
    assert (said.status_code, said.json()["priority"]) == (200, "urgent")
    said = client.put(f"{path}/priority", {"priority": "at once"}, content_type="application/json")
    assert said.status_code == 400 and client.get(path).json()["priority"] == "urgent"
