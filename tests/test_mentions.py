"""Mentions in notes: who is named there hears of it, if they may read it; a borrower never does (B8)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from chat import actions as chat
from chat.models import Entry
from chat.rules.mentions import Colleague, mentions_in, short_names
from identity import actions as identity
from tests.cast import PASSWORD
from tests.sockets import Socket

SocketFor = Callable[..., Socket]
OLGA, OTHER_OLGA, DMITRY, ALENA = (UUID(int=number) for number in range(1, 5))
PEOPLE = {
    "Ольга": {OLGA, OTHER_OLGA},
    "Ольга Седова": {OLGA},
    "Ольга Петренко": {OTHER_OLGA},
    "Дмитрий С.": {DMITRY},
    "Алёна": {ALENA},
    "": {DMITRY},
}


@pytest.mark.parametrize(
    ("body", "people", "names"),
    [
        ("@Ольга Седова, взгляните", [OLGA], ["Ольга Седова"]),
        ("(@ольга  седова)", [OLGA], ["ольга  седова"]),
        ("Спросите у @Дмитрий С., он знает", [DMITRY], ["Дмитрий С."]),
        ("@Алена и @АЛЁНА", [ALENA], ["Алена", "АЛЁНА"]),
        ("@Алёна @Ольга Петренко @Алёна", [ALENA, OTHER_OLGA], ["Алёна", "Ольга Петренко"]),
        ("почта a@Алёна.рф", [], []),
        ("@Алёнамай, @ Алёна, Алёна", [], []),
        ("@Марина посмотрит", [], []),
        ("@", [], []),
    ],
)
def test_a_name_after_an_at_sign_is_the_longest_that_somebody_has(
    body: str, people: list[UUID], names: list[str]
) -> None:
    assert mentions_in(body, PEOPLE) == (people, names)


def test_a_name_that_two_people_have_means_both_and_nobody_is_offered_by_it() -> None:
    assert set(mentions_in("@Ольга, что думаете?", PEOPLE).people) == {OLGA, OTHER_OLGA}
    olga, other = Colleague(OLGA, "Ольга", "Ольга Седова"), Colleague(OTHER_OLGA, "Ольга", "Ольга Петренко")
    dmitry = Colleague(DMITRY, "Дмитрий", "Дмитрий Орлов")
    assert short_names([olga, other, dmitry]) == {
        OLGA: "Ольга Седова",
        OTHER_OLGA: "Ольга Петренко",
        DMITRY: "Дмитрий",
    }


@pytest.fixture
def conversation(anna: Any, elena: Any, transactional_db: None) -> Any:
    """Anna's chat, in which Elena takes part."""
    started = chat.start_conversation(channel="chat", borrower=anna)
    chat.add_participant(conversation=started, user=elena)
    started.refresh_from_db()
    return started


def test_who_is_mentioned_in_a_note_hears_of_it_and_nobody_else_does(
    conversation: Any, anna: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, socket_for: SocketFor, as_borrower: Any
) -> None:
    borrower = socket_for(anna, {conversation.pk: conversation.public_seq})
    author, mentioned = socket_for(elena, {conversation.pk: conversation.seq}), socket_for(olga)
    others = [socket_for(dmitry), socket_for(ivan)]
    body = "@Ольга, проверьте. @Дмитрий Орлов не видит этот чат, @Елена — я сама"
    author.posted(conversation.pk, body, kind="note")
    (shown,) = author.entries(1)
    assert shown["entry"]["data"] == {"mentions": [str(olga.pk), str(elena.pk)], "named": ["Ольга", "Елена"]}
    told = mentioned.wait_for("mention.made")
    assert told == {
        "type": "mention.made",
        "conversation": str(conversation.pk),
        "ticket": conversation.ticket.number,
        "author": {"kind": "staff", "id": str(elena.pk), "name": "Елена"},
    }
    for socket in (author, mentioned, borrower, *others):
        assert socket.hears_nothing_of("mention.made")
    assert borrower.hears_nothing_of("entry.posted")
    seen = as_borrower(anna).get(f"/api/v1/conversations/{conversation.pk}/entries").content.decode()
    assert "Ольга" not in seen and str(olga.pk) not in seen


def test_a_repeated_note_is_told_once_and_a_message_mentions_nobody(
    conversation: Any, elena: Any, olga: Any, socket_for: SocketFor
) -> None:
    author, mentioned = socket_for(elena), socket_for(olga)
    first = author.posted(conversation.pk, "@Ольга", kind="note")
    author.posted(conversation.pk, "@Ольга", kind="note", id=first["id"])
    author.posted(conversation.pk, "Вам ответит @Ольга")
    mentioned.wait_for("mention.made")
    assert mentioned.hears_nothing_of("mention.made")
    assert Entry.objects.get(conversation=conversation, kind="message").data == {}


def test_only_a_note_with_an_at_sign_asks_who_may_read(conversation: Any, elena: Any) -> None:
    def questions(kind: str, body: str) -> int:
        with CaptureQueriesContext(database) as statements:
            chat.post_message(conversation=conversation, author=elena, body=body, kind=kind)
        return sum("chat_participant" in one["sql"] and "unnest" in one["sql"] for one in statements)

    assert questions("message", "почта @Ольга") == questions("note", "без имён") == 0
    assert questions("note", "@Ольга") == 1


def test_whom_one_may_mention_is_told_to_staff_who_may_read_it(
    conversation: Any, anna: Any, elena: Any, dmitry: Any, olga: Any, ivan: Any, as_staff: Any, as_borrower: Any
) -> None:
    other = identity.create_staff(
        email="o.belova@lad.example", full_name="Ольга Белова", display_name="Ольга", role="admin", password=PASSWORD
    )
    address = f"/api/v1/conversations/{conversation.pk}/mentionable"
    assert as_staff(elena).get(address).json() == [
        {"id": str(ivan.pk), "name": "Иван", "full_name": "Иван Лебедев"},
        {"id": str(other.pk), "name": "Ольга Белова", "full_name": "Ольга Белова"},
        {"id": str(olga.pk), "name": "Ольга Седова", "full_name": "Ольга Седова"},
    ]
    assert "Елена" in as_staff(olga).get(address).content.decode()
    assert as_staff(dmitry).get(address).status_code == 404
    assert as_borrower(anna).get(address).status_code == 403
    identity.deactivate(user=other, by=ivan)
    assert [one["name"] for one in as_staff(elena).get(address).json()] == ["Иван", "Ольга"]
