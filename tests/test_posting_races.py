"""Many writers at once: sequences without holes, one entry per id, rights as they are at the moment of writing."""

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction

from chat import actions as chat
from chat.access import conversations_visible_to, conversations_writable_by, heads_visible, may_write
from chat.errors import Refused
from chat.models import Conversation, Entry
from identity import actions as identity
from tickets import actions as tickets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def conversations(anna: Any, sergey: Any, elena: Any, transactional_db: None) -> list[Conversation]:
    """A chat of Anna and one of Sergey, Elena in both."""
    started = [chat.start_conversation(channel="chat", borrower=borrower) for borrower in (anna, sergey)]
    for conversation in started:
        chat.add_participant(conversation=conversation, user=elena)
    return started


def test_many_writers_leave_no_hole_and_no_double_in_either_sequence(
    conversations: list[Conversation], elena: Any
) -> None:
    writer = chat.Writer("staff", elena.pk)

    def write(thread: int) -> None:
        for round_ in range(10):
            order = conversations if (thread + round_) % 2 else conversations[::-1]
            posts = [
                chat.Post(
                    conversation=c.pk, writer=writer, body=f"{thread}/{round_}", kind=kind, client_id=uuid.uuid4()
                )
                for c in order
                for kind in ("message", "note")
            ]
            assert all(isinstance(outcome, chat.Posted) for outcome in chat.post_messages(posts))

    _together(write, range(6))
    for conversation in conversations:
        conversation.refresh_from_db()
        entries = Entry.objects.filter(conversation=conversation).order_by("seq")
        assert [entry.seq for entry in entries] == list(range(1, conversation.seq + 1))
        public = [entry.public_seq for entry in entries if entry.public_seq is not None]
        assert public == list(range(1, conversation.public_seq + 1))
        assert len([entry for entry in entries if entry.kind == "note"]) == 60


def test_one_id_sent_by_many_at_once_is_stored_once(conversations: list[Conversation], anna: Any) -> None:
    post = chat.Post(
        conversation=conversations[0].pk, writer=chat.Writer("borrower", anna.pk), body="раз", client_id=uuid.uuid4()
    )
    outcomes: list[Any] = []
    _together(lambda _: outcomes.extend(chat.post_messages([post, post])), range(8))
    assert len(outcomes) == 16
    assert {outcome.entry.seq for outcome in outcomes} == {Entry.objects.get(client_id=post.client_id).seq}
    assert len([outcome for outcome in outcomes if not outcome.duplicate]) == 1


def test_a_batch_keeps_the_order_of_each_sender_and_refuses_only_what_is_wrong(
    conversations: list[Conversation], anna: Any, sergey: Any
) -> None:
    own, foreign = conversations
    writer = chat.Writer("borrower", anna.pk, anna.full_name)
    bodies = ["раз", "", "два", "x" * 4_001, "три"]
    posts = [chat.Post(conversation=own.pk, writer=writer, body=body, client_id=uuid.uuid4()) for body in bodies]
    posts.append(chat.Post(conversation=foreign.pk, writer=writer, body="чужое", client_id=uuid.uuid4()))
    posts.append(chat.Post(conversation=uuid.uuid4(), writer=writer, body="нет такого", client_id=uuid.uuid4()))
    codes = [getattr(outcome, "code", "stored") for outcome in chat.post_messages(posts)]
    assert codes == ["stored", "empty", "stored", "too_long", "stored", "forbidden", "forbidden"]
    written = Entry.objects.filter(conversation=own, kind="message").order_by("seq")
    assert [entry.body for entry in written] == ["раз", "два", "три"]
    assert not Entry.objects.filter(conversation=foreign, kind="message").exists()


def test_text_that_postgres_cannot_keep_is_refused_and_spoils_nothing(
    conversations: list[Conversation], anna: Any
) -> None:
    writer = chat.Writer("borrower", anna.pk)
    bodies = ["нуль \0 внутри", "половина \ud83d", "цело 😀 \u202e \\ ' \" %s {}"]
    posts = [
        chat.Post(conversation=conversations[0].pk, writer=writer, body=body, client_id=uuid.uuid4()) for body in bodies
    ]
    outcomes = chat.post_messages(posts)
    assert [getattr(outcome, "code", "stored") for outcome in outcomes] == ["malformed", "malformed", "stored"]
    assert Entry.objects.get(client_id=posts[2].client_id).body == bodies[2]


def test_rights_are_those_of_the_moment_of_writing(conversations: list[Conversation], elena: Any, ivan: Any) -> None:
    conversation = conversations[0]
    now = chat.Post(
        conversation=conversation.pk, writer=chat.Writer("staff", elena.pk, epoch=elena.auth_epoch), body="ещё"
    )
    assert isinstance(chat.post_messages([now])[0], chat.Posted)
    stale = chat.Post(
        conversation=conversation.pk, writer=chat.Writer("staff", elena.pk, epoch=elena.auth_epoch + 7), body="x"
    )
    assert chat.post_messages([stale]) == [chat.Refusal("forbidden")]
    identity.deactivate(user=elena, by=ivan)
    assert chat.post_messages([now]) == [chat.Refusal("forbidden")]


def test_a_colleague_without_a_part_may_not_write_but_a_supervisor_may(
    conversations: list[Conversation], dmitry: Any, olga: Any
) -> None:
    def outcome(user: Any) -> Any:
        post = chat.Post(conversation=conversations[0].pk, writer=chat.Writer("staff", user.pk), body="слово")
        return chat.post_messages([post])[0]

    assert outcome(dmitry) == chat.Refusal("forbidden")
    assert isinstance(outcome(olga), chat.Posted)


def test_a_shared_letter_is_read_by_all_and_written_only_by_whoever_took_it(db: None, elena: Any, dmitry: Any) -> None:
    letter = chat.start_conversation(channel="email", correspondent_address="a@b.example", is_shared=True)
    assert conversations_visible_to(dmitry).filter(pk=letter.pk).exists()
    post = chat.Post(conversation=letter.pk, writer=chat.Writer("staff", dmitry.pk), body="Справка во вложении")
    assert chat.post_messages([post]) == [chat.Refusal("forbidden")]
    assert not may_write(dmitry, letter)
    tickets.take(ticket=letter.ticket, by=dmitry)
    assert isinstance(chat.post_messages([post])[0], chat.Posted)
    assert may_write(dmitry, letter) and not may_write(elena, letter)


def test_the_rule_for_one_and_the_rule_for_all_sockets_agree(
    conversations: list[Conversation], anna: Any, sergey: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any
) -> None:
    chat.close_conversation(conversation=conversations[0], by=None)
    chat.remove_participant(conversation=conversations[0], user=elena)
    again = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=again, user=dmitry)
    letter = chat.start_conversation(channel="email", correspondent_address="a@b.example", is_shared=True)
    for actor, kind in [(anna, "borrower"), (sergey, "borrower"), (elena, "staff"), (dmitry, "staff"), (olga, "staff")]:
        pairs = [(kind, actor.pk, conversation.pk) for conversation in [*conversations, again, letter]]
        at_once = {conversation for _, conversation in heads_visible(pairs)}
        assert at_once == set(conversations_visible_to(actor).values_list("pk", flat=True)), actor
        writable = {conversation for (_, conversation), heads in heads_visible(pairs).items() if heads.may_write}
        open_ones = conversations_writable_by(actor).filter(closed_at=None)
        assert writable == set(open_ones.values_list("pk", flat=True)), actor
    assert conversations_visible_to(dmitry).filter(pk=conversations[0].pk).exists()  # the History of whom he serves
    assert not conversations_visible_to(elena).filter(pk=conversations[0].pk).exists()


def test_two_starts_at_once_open_one_chat(anna: Any, transactional_db: None) -> None:
    started: list[Any] = []
    _together(lambda _: started.append(chat.start_conversation(channel="chat", borrower=anna).pk), range(6))
    assert len(set(started)) == 1


def test_a_start_and_a_reopening_at_once_open_one_chat(conversations: list[Conversation], anna: Any) -> None:
    chat.close_conversation(conversation=conversations[0], by=None)

    def reopen() -> None:
        try:
            chat.reopen_conversation(conversation=conversations[0], by=anna)
        finally:
            database.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            chat.start_conversation(channel="chat", borrower=anna)
            reopening = threads.submit(reopen)
            with pytest.raises(TimeoutError):
                reopening.result(timeout=2)
        with pytest.raises(Refused):
            reopening.result(timeout=20)
    assert Conversation.objects.filter(borrower=anna, closed_at=None).count() == 1


def _together(work: Callable[[int], Any], arguments: Sequence[int]) -> None:
    """Run the work in as many threads, started at the same moment, each with its own connection."""
    gate = threading.Barrier(len(arguments))

    def run(argument: int) -> None:
        try:
            gate.wait()
            work(argument)
        finally:
            database.close()

    with ThreadPoolExecutor(len(arguments)) as threads:
        for done in [threads.submit(run, argument) for argument in arguments]:
            done.result()
