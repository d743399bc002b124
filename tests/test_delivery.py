"""The live protocol: acknowledged means stored, nothing twice, nothing out of order, nothing to strangers."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database

from chat import actions as chat
from chat.events import group_of
from chat.models import Entry, SeenMark
from identity import actions as identity
from supportdesk.realtime import frame, metrics, publish
from supportdesk.realtime.events import Event
from supportdesk.realtime.publishing import collected
from tests.people import until
from tests.sockets import Socket

pytestmark = pytest.mark.django_db(transaction=True)
SocketFor = Callable[..., Socket]


@pytest.fixture
def conversation(anna: Any, elena: Any, transactional_db: None) -> Any:
    """Anna's chat, in which Elena takes part."""
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    started.refresh_from_db()
    return started


def test_a_message_is_acknowledged_once_it_is_stored_and_reaches_the_agent(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    answer = borrower.posted(conversation.pk, "Здравствуйте! Как продлить заём?")
    stored = Entry.objects.get(client_id=answer["id"])
    assert (stored.public_seq, stored.body) == (answer["seq"], "Здравствуйте! Как продлить заём?")
    assert answer["duplicate"] is False
    (shown,) = agent.entries(1)
    assert (shown["seq"], shown["entry"]["body"]) == (stored.seq, stored.body)
    assert shown["entry"]["author"] == {"kind": "borrower", "id": str(anna.pk), "name": anna.full_name}
    (own,) = borrower.entries(1)
    assert own["entry"]["id"] == answer["id"]


def test_a_repeated_send_returns_the_stored_message_and_shows_nothing_new(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna)
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    first = borrower.posted(conversation.pk, "Один раз")
    again = borrower.posted(conversation.pk, "Один раз", id=first["id"])
    assert (again["seq"], again["duplicate"]) == (first["seq"], True)
    assert agent.entries(1)[0]["entry"]["body"] == "Один раз"
    assert agent.hears_nothing_of("entry.posted")
    assert Entry.objects.filter(client_id=first["id"]).count() == 1


def test_the_same_id_with_another_text_is_refused(conversation: Any, anna: Any, socket_for: SocketFor) -> None:
    borrower = socket_for(anna)
    first = borrower.posted(conversation.pk, "Так")
    borrower.post(conversation.pk, "Иначе", id=first["id"])
    refusal = borrower.wait_for("refused", id=first["id"])
    assert refusal["code"] == "conflict" and "retry_after" not in refusal
    assert Entry.objects.get(client_id=first["id"]).body == "Так"


def test_messages_sent_without_waiting_are_stored_in_order(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    ids = [borrower.post(conversation.pk, f"строка {number}") for number in range(8)]
    answers = [borrower.wait_for("posted", id=id_) for id_ in ids]
    assert [answer["seq"] for answer in answers] == list(range(answers[0]["seq"], answers[0]["seq"] + 8))
    assert [shown["entry"]["body"] for shown in agent.entries(8)] == [f"строка {number}" for number in range(8)]


def test_a_client_that_was_away_gets_exactly_what_it_missed(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: 0})
    agent = socket_for(elena)
    agent.posted(conversation.pk, "раз")
    last = borrower.entries(2)[-1]["seq"]
    borrower.close()
    for text in ("два", "три", "четыре"):
        agent.posted(conversation.pk, text)
    returned = socket_for(anna, {conversation.pk: last})
    assert [shown["entry"]["body"] for shown in returned.entries(3)] == ["два", "три", "четыре"]
    agent.posted(conversation.pk, "пять")
    (live,) = returned.entries(1)
    assert (live["seq"], live["entry"]["body"]) == (last + 4, "пять")


def test_a_note_is_shown_to_staff_and_leaves_no_gap_for_the_borrower(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    before = agent.posted(conversation.pk, "Проверяю договор")["seq"]
    agent.posted(conversation.pk, "просил скидку дважды", kind="note")
    agent.posted(conversation.pk, "Готово")
    shown = borrower.entries(2)
    assert [frame["entry"]["body"] for frame in shown] == ["Проверяю договор", "Готово"]
    assert shown[1]["seq"] == shown[0]["seq"] + 1
    assert [frame["seq"] for frame in agent.entries(3)] == [before, before + 1, before + 2]
    assert borrower.hears_nothing_of("entry.posted")
    backlog = socket_for(anna, {conversation.pk: 0}, wait=False)
    texts = [frame["entry"]["body"] for frame in backlog.entries(conversation.public_seq + 2)]
    assert "просил скидку дважды" not in texts


def test_a_borrower_cannot_write_a_note(conversation: Any, anna: Any, socket_for: SocketFor) -> None:
    borrower = socket_for(anna)
    id_ = borrower.post(conversation.pk, "заметка", kind="note")
    assert borrower.wait_for("refused", id=id_)["code"] == "forbidden"


def test_the_borrower_learns_no_staff_ids(conversation: Any, anna: Any, elena: Any, socket_for: SocketFor) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    agent.posted(conversation.pk, "Добрый день")
    agent.send("typing", conversation=conversation.pk)
    typing = borrower.wait_for("typing.shown")
    (shown,) = borrower.entries(1)
    assert shown["entry"]["author"] == {"kind": "staff", "id": None, "name": "Елена"}
    assert typing["author"] == {"kind": "staff", "id": None, "name": "Елена"} and typing["ttl"] <= 8
    assert str(elena.pk) not in str([shown, typing, *borrower.heard])


def test_typing_is_not_shown_to_its_author(conversation: Any, anna: Any, elena: Any, socket_for: SocketFor) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    borrower.send("typing", conversation=conversation.pk)
    assert agent.wait_for("typing.shown")["author"]["name"] == anna.full_name
    assert borrower.hears_nothing_of("typing.shown")


def test_only_colleagues_learn_who_else_has_the_conversation_open(
    conversation: Any, anna: Any, elena: Any, olga: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    supervisor = socket_for(olga, {conversation.pk: conversation.seq})
    borrower.send("viewing", conversation=conversation.pk)
    supervisor.send("viewing", conversation=conversation.pk)
    shown = agent.wait_for("viewing.shown")
    assert shown["author"] == {"kind": "staff", "id": str(olga.pk), "name": olga.display_name}
    assert shown["ttl"] == 30
    assert supervisor.hears_nothing_of("viewing.shown")
    assert agent.hears_nothing_of("viewing.shown")
    assert borrower.hears_nothing_of("viewing.shown") and not borrower.heard


def test_seen_marks_only_grow_and_each_side_reads_them_in_its_own_numbers(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    agent.posted(conversation.pk, "заметка для своих", kind="note")
    posted = agent.posted(conversation.pk, "Здравствуйте")
    (shown,) = borrower.entries(1)
    agent.entries(2)
    borrower.send("seen", conversation=conversation.pk, seq=shown["seq"])
    moved = agent.wait_for("seen.moved", reader="borrower")
    assert moved["seq"] == posted["seq"] != shown["seq"]
    agent.send("seen", conversation=conversation.pk, seq=posted["seq"])
    assert borrower.wait_for("seen.moved", reader="staff")["seq"] == shown["seq"]
    agent.wait_for("seen.moved", reader=elena.pk)
    borrower.send("seen", conversation=conversation.pk, seq=1)
    assert agent.hears_nothing_of("seen.moved")
    assert SeenMark.objects.get(reader_id=anna.pk).seq == shown["seq"]


def test_a_supervisor_who_looks_on_leaves_no_trace_for_the_borrower(
    conversation: Any, anna: Any, olga: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    supervisor = socket_for(olga, {conversation.pk: conversation.seq})
    borrower.posted(conversation.pk, "Есть кто-нибудь?")
    (shown,) = supervisor.entries(1)
    supervisor.send("seen", conversation=conversation.pk, seq=shown["seq"])
    assert supervisor.wait_for("seen.moved", reader=olga.pk)
    assert borrower.hears_nothing_of("seen.moved")


def test_a_client_without_credit_gets_no_more_than_the_window_and_then_the_rest(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    for number in range(150):
        chat.post_message(conversation=conversation, author=elena, body=f"строка {number}")
    reader = socket_for(anna, {conversation.pk: conversation.public_seq}, wait=False)
    window = reader.welcome["window"]["entries"]
    first = [reader.wait_for("entry.posted") for _ in range(window)]
    assert reader.hears_nothing_of("entry.posted")
    reader.send("received", conversation=conversation.pk, seq=first[-1]["seq"])
    rest = reader.entries(150 - window)
    bodies = [frame["entry"]["body"] for frame in [*first, *rest]]
    assert bodies == [f"строка {number}" for number in range(150)]
    assert reader.wait_for("synced")["seq"] == rest[-1]["seq"]


def test_a_client_far_behind_is_told_to_fetch_the_latest_page(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    posts = [
        chat.Post(conversation=conversation.pk, writer=chat.Writer("staff", elena.pk), body=str(number))
        for number in range(1_050)
    ]
    chat.post_messages(posts)
    conversation.refresh_from_db()
    reader = socket_for(anna, {conversation.pk: 0}, wait=False)
    assert reader.wait_for("reset")["seq"] == conversation.public_seq
    reader.send("subscribe", conversation=conversation.pk, after=conversation.public_seq - 2)
    assert [frame["entry"]["body"] for frame in reader.entries(2)] == ["1048", "1049"]


def test_an_entry_comes_within_two_seconds_when_its_hint_was_lost(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor, tmp_path: Any
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    _post_from_a_process_without_redis(conversation, elena, "без подсказки")
    started = time.monotonic()
    (shown,) = borrower.entries(1)
    assert shown["entry"]["body"] == "без подсказки"
    assert time.monotonic() - started < 2.5


def test_an_entry_of_another_process_comes_by_its_hint(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    _post_from_another_process(conversation, elena, "из другого процесса", os.environ["REDIS_URL"])
    (shown,) = borrower.entries(1)
    assert shown["entry"]["body"] == "из другого процесса"


def _post_untold(conversation: Any, elena: Any, body: str) -> list[Event]:
    """Store a message; its hints are left to whoever wants to tell them."""
    hints: list[Event] = []
    with collected(hints):
        chat.post_message(conversation=conversation, author=elena, body=body)
    return hints


def _invented(conversation: Any, seq: int) -> list[Event]:
    """A hint of a public entry that nobody wrote."""
    return [frame(group_of(conversation.pk, "public"), {"type": "pong", "n": 0, "now": ""}, seq=seq)]


def _somebody_waits(cursor: Any) -> bool:
    cursor.execute("select exists (select from pg_locks where not granted)")
    return bool(cursor.fetchone()[0])


def test_hints_that_overtake_each_other_are_put_in_order_without_reading_the_log(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    gaps = metrics.gaps.values[""]
    hints = [_post_untold(conversation, elena, body) for body in ("первое", "второе", "третье")]
    publish([hint for told in reversed(hints) for hint in told])
    assert [frame["entry"]["body"] for frame in borrower.entries(3)] == ["первое", "второе", "третье"]
    assert metrics.gaps.values[""] == gaps


def test_an_entry_whose_predecessor_was_never_told_comes_after_it(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    _post_untold(conversation, elena, "об этом никто не узнал")
    publish(_post_untold(conversation, elena, "об этом узнали"))
    assert [frame["entry"]["body"] for frame in borrower.entries(2)] == ["об этом никто не узнал", "об этом узнали"]


def test_a_hint_of_what_was_never_written_does_not_pass_for_the_entry_of_that_number(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    head = conversation.public_seq
    borrower = socket_for(anna, {conversation.pk: head})
    with_locks = database.copy()
    try:
        with with_locks.cursor() as cursor:
            cursor.execute("begin; lock table chat_conversation in access exclusive mode")
            publish(_invented(conversation, head + 2))  # its patience ends, and a reading begins that has to wait
            until(lambda: _somebody_waits(cursor), "a reading of the log")
            publish(_invented(conversation, head + 3))
            cursor.execute("commit")
    finally:
        with_locks.close()
    bodies = ["первое", "второе", "третье", "четвёртое"]
    for body in bodies:
        publish(_post_untold(conversation, elena, body))
    assert [frame["entry"]["body"] for frame in borrower.entries(4)] == bodies


def test_an_agent_who_leaves_the_conversation_hears_no_more_of_it(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    borrower = socket_for(anna)
    started = time.monotonic()
    chat.remove_participant(conversation=conversation, user=elena)
    assert agent.wait_for("dropped", conversation=conversation.pk)["code"] == 4403
    assert time.monotonic() - started < 2
    borrower.posted(conversation.pk, "только для нового агента")
    assert agent.hears_nothing_of("entry.posted")
    id_ = agent.post(conversation.pk, "ещё здесь")
    assert agent.wait_for("refused", id=id_)["code"] == "forbidden"


def test_a_deactivated_agent_is_closed_out_within_two_seconds(
    conversation: Any, elena: Any, ivan: Any, socket_for: SocketFor
) -> None:
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    started = time.monotonic()
    identity.deactivate(user=elena, by=ivan)
    assert agent.close_code() == 4440
    assert time.monotonic() - started < 2


def test_a_closed_conversation_takes_no_more_messages_but_knows_the_old_ones(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    first = borrower.posted(conversation.pk, "Спасибо")
    chat.close_conversation(conversation=conversation, by=elena)
    borrower.wait_for("entry.posted", seq=first["seq"] + 1)
    id_ = borrower.post(conversation.pk, "и ещё")
    assert borrower.wait_for("refused", id=id_)["code"] == "closed"
    assert borrower.posted(conversation.pk, "Спасибо", id=first["id"])["duplicate"] is True


def test_after_a_refusal_that_may_be_retried_later_messages_wait_for_it(
    conversation: Any, anna: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna)
    ids = [borrower.post(conversation.pk, f"строка {number}") for number in range(24)]
    frames = {}
    for id_ in ids:
        frames[id_] = next(frame for frame in iter(borrower.receive, None) if frame["type"] in {"posted", "refused"})
    by_id = {frame["id"]: frame for frame in frames.values()}
    refused = [id_ for id_ in ids if by_id[id_]["type"] == "refused"]
    assert by_id[refused[0]]["code"] in {"overload", "too_fast"}
    assert {by_id[id_]["code"] for id_ in refused[1:]} == {"order"}
    assert ids.index(refused[0]) == len(ids) - len(refused)
    time.sleep(by_id[refused[0]].get("retry_after", 1))
    assert borrower.posted(conversation.pk, f"строка {ids.index(refused[0])}", id=refused[0])
    stored = Entry.objects.filter(conversation=conversation, kind="message").order_by("seq")
    assert [str(entry.client_id) for entry in stored] == ids[: len(stored)]


def test_a_card_number_is_masked_before_it_is_stored(conversation: Any, anna: Any, socket_for: SocketFor) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    borrower.posted(conversation.pk, "моя карта 4111 1111 1111 1111")
    (shown,) = borrower.entries(1)
    assert "4111 1111" not in shown["entry"]["body"] and "1111" in shown["entry"]["body"]
    with database.cursor() as cursor:
        cursor.execute("select count(*) from chat_entry where body like '%%4111 1111%%'")
        assert cursor.fetchone() == (0,)


def _post_from_a_process_without_redis(conversation: Any, author: Any, body: str) -> None:
    _post_from_another_process(conversation, author, body, "redis://127.0.0.1:1/0")


def _post_from_another_process(conversation: Any, author: Any, body: str, redis_url: str) -> None:
    script = (
        "import django, sys; django.setup()\n"
        "from chat import actions as chat; from chat.models import Conversation; from identity.models import User\n"
        "conversation, author, body = sys.argv[1:]\n"
        "chat.post_message(conversation=Conversation.objects.get(pk=conversation),"
        " author=User.objects.get(pk=author), body=body)\n"
    )
    url = os.environ["DATABASE_URL"].replace("/supportdesk?", f"/{database.settings_dict['NAME']}?")
    environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": redis_url}
    arguments = [sys.executable, "-c", script, str(conversation.pk), str(author.pk), body]
    subprocess.run(arguments, env=environment, check=True, capture_output=True, timeout=60)


def test_identifiers_of_another_persons_conversation_open_nothing(
    conversation: Any, sergey: Any, anna: Any, socket_for: SocketFor
) -> None:
    stranger = socket_for(sergey, {conversation.pk: 0}, wait=False)
    assert stranger.wait_for("dropped", conversation=conversation.pk)["code"] == 4403
    stranger.send("subscribe", conversation=uuid.uuid4(), after=0)
    assert stranger.wait_for("dropped")["code"] == 4403
    id_ = stranger.post(conversation.pk, "чужое")
    assert stranger.wait_for("refused", id=id_)["code"] == "forbidden"
    socket_for(anna).posted(conversation.pk, "моё")
    assert stranger.hears_nothing_of("entry.posted")


def test_the_desk_goes_on_when_postgres_drops_all_its_connections(
    conversation: Any, anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    agent = socket_for(elena, {conversation.pk: conversation.seq})
    borrower.posted(conversation.pk, "до")
    with database.cursor() as cursor:
        cursor.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    answer = borrower.posted(conversation.pk, "после")
    assert [frame["entry"]["body"] for frame in agent.entries(2)] == ["до", "после"]
    assert Entry.objects.get(client_id=answer["id"]).body == "после"


def test_a_batch_that_postgres_refuses_is_told_to_its_senders_and_can_be_sent_again(
    conversation: Any, anna: Any, socket_for: SocketFor
) -> None:
    borrower = socket_for(anna)
    with database.cursor() as cursor:
        cursor.execute("alter table chat_entry rename to chat_entry_away")
    try:
        ids = [borrower.post(conversation.pk, f"строка {number}") for number in range(3)]
        answers = [borrower.wait_for("refused", id=id_) for id_ in ids]
    finally:
        with database.cursor() as cursor:
            cursor.execute("alter table chat_entry_away rename to chat_entry")
    assert answers[0]["code"] == "database" and answers[0]["retry_after"] > 0
    assert {answer["code"] for answer in answers[1:]} <= {"order", "database"}
    again = [borrower.posted(conversation.pk, f"строка {number}", id=id_) for number, id_ in enumerate(ids)]
    assert [answer["seq"] for answer in again] == list(range(again[0]["seq"], again[0]["seq"] + 3))


def test_a_client_comes_back_with_what_the_last_welcome_or_pong_gave_it(
    conversation: Any, anna: Any, socket_for: SocketFor, open_socket: Callable[..., Any]
) -> None:
    first = socket_for(anna, {conversation.pk: 0})
    known = first.posted(conversation.pk, "до")["seq"] - 1
    first.send("ping", n=1)
    tickets = [first.welcome["return_ticket"], first.wait_for("pong", n=1)["return_ticket"]]
    first.close()
    for ticket in tickets:
        again = open_socket()
        hello = {"client": str(uuid.uuid4()), "subscriptions": [{"conversation": str(conversation.pk), "after": known}]}
        again.send("hello", ticket=ticket, **hello)
        again.wait_for("welcome")
        assert [frame["entry"]["body"] for frame in again.entries(1)] == ["до"]
        stranger = open_socket()
        stranger.send("hello", ticket=ticket, **hello)
        assert stranger.wait_for("bye")["code"] == "ticket"
