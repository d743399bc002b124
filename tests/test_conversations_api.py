"""Conversations over REST: the same rights, the same log, the same refusals as on the socket."""

import uuid
from typing import Any

import pytest

from chat import actions as chat
from chat.models import Conversation

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "/api/v1/conversations"


@pytest.fixture
def conversation(anna: Any, elena: Any, transactional_db: None) -> Any:
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    chat.post_message(conversation=started, author=elena, body="Здравствуйте, Анна")
    chat.post_message(conversation=started, author=elena, body="для своих", kind="note")
    chat.post_message(conversation=started, author=anna, body="Добрый день")
    started.refresh_from_db()
    return started


def test_a_borrower_starts_one_chat_however_often_they_ask(anna: Any, as_borrower: Any) -> None:
    borrower = as_borrower(anna)
    first = borrower.post(ALL, {"page": "/cabinet"}, format="json")
    again = borrower.post(ALL, {"page": "/cabinet"}, format="json")
    assert (first.status_code, again.status_code) == (201, 201), first.content
    assert first.json()["id"] == again.json()["id"] and first.json()["may_write"] is True
    assert Conversation.objects.get().page == "/cabinet"
    listed = borrower.get(ALL).json()
    assert [row["id"] for row in listed] == [first.json()["id"]]


def test_a_repeated_start_with_its_own_id_gives_the_same_conversation(anna: Any, sergey: Any, as_borrower: Any) -> None:
    id_ = str(uuid.uuid4())
    assert as_borrower(anna).post(ALL, {"id": id_}, format="json").json()["id"] == id_
    assert as_borrower(anna).post(ALL, {"id": id_}, format="json").json()["id"] == id_
    assert as_borrower(sergey).post(ALL, {"id": id_}, format="json").json()["id"] != id_


def test_an_unknown_field_is_refused(anna: Any, as_borrower: Any) -> None:
    answer = as_borrower(anna).post(ALL, {"borrower": "somebody else"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_each_side_reads_its_own_log(conversation: Any, anna: Any, elena: Any, as_borrower: Any, as_staff: Any) -> None:
    log = f"{ALL}/{conversation.pk}/entries"
    public, internal = as_borrower(anna).get(log).json(), as_staff(elena).get(log).json()
    assert [entry["body"] for entry in public["entries"]][-2:] == ["Здравствуйте, Анна", "Добрый день"]
    assert [entry["seq"] for entry in public["entries"]] == list(range(1, public["head"] + 1))
    assert [entry["body"] for entry in internal["entries"]][-3:] == ["Здравствуйте, Анна", "для своих", "Добрый день"]
    assert "для своих" not in str(public) and str(elena.pk) not in str(public)
    page = as_staff(elena).get(log, {"before": internal["head"], "limit": 1}).json()["entries"]
    assert [entry["body"] for entry in page] == ["для своих"]
    assert as_staff(elena).get(log, {"after": internal["head"]}).json()["entries"] == []


def test_a_message_by_rest_is_the_same_message(conversation: Any, anna: Any, as_borrower: Any) -> None:
    borrower, address = as_borrower(anna), f"{ALL}/{conversation.pk}/messages"
    message = {"id": str(uuid.uuid4()), "body": "Ещё вопрос"}
    first, again = (borrower.post(address, message, format="json") for _ in range(2))
    assert (first.status_code, first.json()["duplicate"], again.json()["duplicate"]) == (201, False, True)
    assert first.json()["seq"] == again.json()["seq"] == conversation.public_seq + 1
    other = borrower.post(address, message | {"body": "Другое"}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "conflict") and other.json()["message"]
    empty = borrower.post(address, {"id": str(uuid.uuid4()), "body": " "}, format="json")
    assert (empty.status_code, empty.json()["code"]) == (400, "empty")


def test_strangers_find_nothing_by_any_address(
    conversation: Any, sergey: Any, dmitry: Any, as_borrower: Any, as_staff: Any, client: Any
) -> None:
    one = f"{ALL}/{conversation.pk}"
    for stranger, closing in ((as_borrower(sergey), 404), (as_staff(dmitry), 403)):
        assert [stranger.get(one + tail).status_code for tail in ("", "/entries")] == [404, 404]
        for tail, body in (
            ("/messages", {"id": str(uuid.uuid4()), "body": "x"}),
            ("/seen", {"seq": 1}),
            ("/close", {}),
        ):
            answer = (
                stranger.post(one + tail, body, content_type="application/json")
                if stranger.__class__.__name__ == ("Client")
                else stranger.post(one + tail, body, format="json")
            )
            assert answer.status_code == (closing if tail == "/close" else 404), tail
    assert as_staff(dmitry).get(f"{one}/draft").status_code == 404
    assert as_borrower(sergey).get(f"{one}/draft").status_code == 403
    assert client.get(one).status_code in {401, 403}
    conversation.refresh_from_db()
    assert conversation.closed_at is None


def test_seen_marks_are_told_to_each_side_in_its_own_numbers(
    conversation: Any, anna: Any, elena: Any, as_borrower: Any, as_staff: Any
) -> None:
    one = f"{ALL}/{conversation.pk}"
    borrower, agent = as_borrower(anna), as_staff(elena)
    assert borrower.post(f"{one}/seen", {"seq": 10_000}, format="json").status_code == 204
    assert agent.post(f"{one}/seen", {"seq": conversation.seq}, content_type="application/json").status_code == 204
    assert borrower.get(one).json()["seen"] == [
        {"reader": "borrower", "seq": conversation.public_seq},
        {"reader": "staff", "seq": conversation.public_seq},
    ]
    assert {"reader": "borrower", "seq": conversation.seq} in agent.get(one).json()["seen"]


def test_a_closed_chat_is_read_and_no_longer_written(conversation: Any, anna: Any, as_borrower: Any) -> None:
    borrower, one = as_borrower(anna), f"{ALL}/{conversation.pk}"
    closed = borrower.post(f"{one}/close", format="json").json()
    assert closed["status"] == "closed" and closed["may_write"] is False
    answer = borrower.post(f"{one}/messages", {"id": str(uuid.uuid4()), "body": "x"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert borrower.get(f"{one}/entries").json()["entries"][-1]["kind"] == "closed"
    assert borrower.post(ALL, {}, format="json").json()["id"] != str(conversation.pk)


def test_a_draft_is_kept_for_its_writer_alone(conversation: Any, elena: Any, olga: Any, as_staff: Any) -> None:
    address = f"{ALL}/{conversation.pk}/draft"
    agent = as_staff(elena)
    kept = agent.put(address, {"mode": "note", "body": "надо уточнить"}, content_type="application/json")
    assert kept.json()["body"] == "надо уточнить"
    assert agent.get(address).json()["mode"] == "note"
    assert as_staff(olga).get(address).json()["body"] == ""
    agent.put(address, {"mode": "reply", "body": ""}, content_type="application/json")
    assert agent.get(address).json()["body"] == ""


def test_a_draft_hides_documents_as_messages_do_and_stays_of_use(conversation: Any, elena: Any, as_staff: Any) -> None:
    address = f"{ALL}/{conversation.pk}/draft"
    typed = (
        "Анна, паспорт 4510 123456, карта 4111 1111 1111 1111.\nДолг 12 500 ₽, звоните +7 900 123-45-67 до 23.11.2026."
    )
    agent = as_staff(elena)
    shown = agent.put(address, {"mode": "note", "body": typed}, content_type="application/json").json()["body"]
    assert shown == typed.replace("4510 123456", "•••• ••••••").replace("4111 1111 1111 1111", "•••• 1111")
    assert agent.get(address).json()["body"] == shown
    again = agent.put(address, {"mode": "note", "body": shown + " Ждём."}, content_type="application/json").json()
    assert again["body"] == shown + " Ждём.", "going on with what was masked changes nothing"


def test_reading_changes_nothing(conversation: Any, anna: Any, as_borrower: Any) -> None:
    borrower, one = as_borrower(anna), f"{ALL}/{conversation.pk}"
    before = Conversation.objects.values().get()
    for address in (ALL, one, f"{one}/entries"):
        assert borrower.get(address).status_code == 200
    assert Conversation.objects.values().get() == before
