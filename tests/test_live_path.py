"""The live path: what a batch costs, and that no sender waits for what follows from another's message."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from chat import actions as chat
from chat.models import Conversation, Entry
from chat.signals import messages_posted
from supportdesk.realtime import after_commit
from tests.sockets import Socket
from tickets import actions as tickets
from tickets.actions.matching import TURN
from tickets.models import Availability, Ticket
from tickets.queries.promises import promises

pytestmark = pytest.mark.django_db(transaction=True)
SocketFor = Callable[..., Socket]
MOST_STATEMENTS = 5  # begin, store, read the clocks, move them, commit


@pytest.fixture
def chats(anna: Any, sergey: Any, elena: Any, transactional_db: None) -> list[Conversation]:
    """A chat of Anna and one of Sergey; Elena takes part in both."""
    started = [chat.start_conversation(channel="chat", borrower=borrower) for borrower in (anna, sergey)]
    for conversation in started:
        chat.add_participant(conversation=conversation, user=elena)
    return started


@pytest.fixture
def held_matcher(transactional_db: None) -> Iterator[None]:
    """Somebody else has the matcher's turn and does not give it back before the test ends."""
    holder = database.copy()
    with holder.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [TURN])
    yield
    holder.close()


@pytest.mark.parametrize("count", [1, 60])
def test_a_batch_costs_the_same_few_statements_whatever_its_size(
    chats: list[Conversation], elena: Any, count: int
) -> None:
    promises()
    answer = [chat.Post(conversation=each.pk, writer=chat.Writer("staff", elena.pk), body="слушаю") for each in chats]
    chat.post_messages(answer)
    posts = [
        chat.Post(
            conversation=chats[number % 2].pk,
            writer=chat.Writer("borrower", chats[number % 2].borrower_id),
            body=f"строка {number}",
            client_id=uuid.uuid4(),
        )
        for number in range(count)
    ]
    with CaptureQueriesContext(database) as statements:
        outcomes = chat.post_messages(posts)
    assert all(isinstance(outcome, chat.Posted) for outcome in outcomes)
    spoken = [one["sql"] for one in statements]
    in_all = spoken.index("COMMIT") + 1  # after it the matcher goes its own way
    assert in_all <= MOST_STATEMENTS, [sql[:90] for sql in spoken[:in_all]]


def test_a_matcher_that_has_to_wait_keeps_no_sender_waiting(
    chats: list[Conversation], anna: Any, sergey: Any, held_matcher: None, socket_for: SocketFor
) -> None:
    waiting, other = socket_for(anna), socket_for(sergey)
    first = waiting.posted(chats[0].pk, "Здравствуйте")  # the chat joins the queue, the matcher is asked
    assert Ticket.objects.get(conversation=chats[0]).queued_at is not None
    for sender, conversation in ((other, chats[1]), (waiting, chats[0]), (other, chats[1])):
        started = time.monotonic()
        assert sender.posted(conversation.pk, "ещё слово")
        assert time.monotonic() - started < 1
    assert first["seq"]


def test_what_fails_after_a_commit_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: int) -> None:
        raise DatabaseError("away")

    done: list[int] = []
    with transaction.atomic():
        after_commit("test", fail, 1)
        after_commit("test", done.append, 2)
    assert done == [2] and "away" in caplog.text


def test_a_chat_is_given_to_a_free_agent_within_a_second_of_its_first_message(
    anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    tickets.set_availability(user=elena, state=Availability.AVAILABLE)
    socket_for(elena)
    conversation = chat.start_conversation(channel="chat", borrower=anna)
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    borrower.posted(conversation.pk, "Здравствуйте")
    started = time.monotonic()
    while not any(frame["entry"]["kind"] == "assigned" for frame in borrower.entries(1)):
        pass
    assert time.monotonic() - started < 1
    assert Ticket.objects.get(conversation=conversation).assignee == elena


def test_an_answer_lost_on_the_way_back_from_a_commit_is_found_again(
    chats: list[Conversation], anna: Any, elena: Any, socket_for: SocketFor
) -> None:
    agent = socket_for(elena, {chats[0].pk: Conversation.objects.get(pk=chats[0].pk).seq})
    borrower = socket_for(anna)

    def cut_the_wire(**_: Any) -> None:
        messages_posted.disconnect(cut_the_wire)
        with database.cursor() as cursor:
            cursor.execute("select pg_backend_pid()")
            pid = cursor.fetchone()[0]
        transaction.on_commit(lambda: _end_backend(pid))  # the commit is done, nobody was told

    messages_posted.connect(cut_the_wire, weak=False)
    answer = borrower.posted(chats[0].pk, "дошло ли?")
    stored = Entry.objects.get(client_id=answer["id"])
    assert (answer["seq"], answer["duplicate"]) == (stored.public_seq, True)
    (shown,) = agent.entries(1)
    assert (shown["seq"], shown["entry"]["body"]) == (stored.seq, "дошло ли?")
    again = borrower.posted(chats[0].pk, "дошло ли?", id=answer["id"])
    assert (again["seq"], again["duplicate"]) == (stored.public_seq, True)


def _end_backend(pid: int) -> None:
    """End the connection of this very thread, as a crash of Postgres would; raises what the driver then says."""
    killer = database.copy()
    with killer.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s)", [pid])
    killer.close()
    with database.cursor() as cursor:
        cursor.execute("select 1")
    raise DatabaseError("the connection should be gone")


def test_what_the_desk_could_not_store_costs_nobody_a_turn(
    chats: list[Conversation], anna: Any, socket_for: SocketFor
) -> None:
    """A borrower may send ten messages at once; trying one again and again while Postgres fails is none of them."""
    borrower = socket_for(anna)
    id_ = uuid.uuid4()
    with store_away():
        for _ in range(12):
            borrower.post(chats[0].pk, "ещё раз", id=id_)
            assert borrower.wait_for("refused", id=str(id_))["code"] == "database"
    borrower.posted(chats[0].pk, "ещё раз", id=id_)
    assert [borrower.posted(chats[0].pk, f"строка {number}")["type"] for number in range(5)] == ["posted"] * 5


def test_catching_up_with_much_is_not_taken_for_a_flood(
    chats: list[Conversation], anna: Any, socket_for: SocketFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each entry may be confirmed by itself, however many come at once after a long absence."""
    monkeypatch.setattr("chat.consumers.connection.FLOOD_FRAMES", 5)
    for number in range(120):
        chat.post_message(conversation=chats[0], author=anna, body=f"строка {number}")
    reader = socket_for(anna, {chats[0].pk: 0}, wait=False)
    shown = reader.entries(120)
    assert shown[-1]["entry"]["body"] == "строка 118"
    assert not [frame for frame in reader.heard if frame["type"] == "bye"]


@contextmanager
def store_away() -> Iterator[None]:
    """Nothing can be stored meanwhile: the statement has another name."""
    with database.cursor() as cursor:
        cursor.execute("select oid::regprocedure::text from pg_proc where proname = 'chat_store_posts'")
        name = cursor.fetchone()[0]
        cursor.execute(f"alter function {name} rename to chat_store_posts_away")
        try:
            yield
        finally:
            cursor.execute(
                f"alter function {name.replace('chat_store_posts', 'chat_store_posts_away')} rename to chat_store_posts"
            )
