"""A borrower who falls silent is asked whether they are there, and then the chat ends; never while we owe an answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chat import actions as chat
from chat.models import Entry
from identity.models import AuditEntry, Borrower, User
from tickets import actions as tickets
from tickets.actions.silence import ask_silent, end_silent, save_silence_rule
from tickets.models import SilenceRule, Ticket, TicketEvent
from tickets.queries.silence import asked_chats, silent_chats

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def answered(anna: Borrower, elena: User) -> Ticket:
    """Anna's chat, in which Elena said the last word."""
    ticket = chat.start_conversation(channel="chat", borrower=anna, context={}).ticket
    tickets.ensure_slots(user=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="matched")
    say(ticket, anna, "Где мой договор?")
    say(ticket, elena, "Пришлите номер, пожалуйста")
    return ticket


def say(ticket: Ticket, author: Any, body: str) -> None:
    chat.post_message(conversation=ticket.conversation, author=author, body=body)
    ticket.refresh_from_db()


def an_hour_passes(ticket: Ticket) -> None:
    """Everything that was said and asked lies an hour further back."""
    ticket.refresh_from_db()
    names = ("staff_wrote_at", "borrower_wrote_at", "silence_asked_at")
    moments = {name: getattr(ticket, name) - HOUR for name in names if getattr(ticket, name)}
    asked_at = moments.pop("silence_asked_at", None)
    Ticket.objects.filter(pk=ticket.pk).update(**moments)
    if asked_at:
        Ticket.objects.filter(pk=ticket.pk).update(silence_asked_at=asked_at)
    ticket.refresh_from_db()


def automatic(ticket: Ticket) -> list[Entry]:
    said = Entry.objects.filter(conversation=ticket.conversation, kind="message", author_kind="system")
    return list(said.order_by("seq"))


def test_a_silent_borrower_is_asked_once_and_then_the_chat_ends_and_may_go_on(
    answered: Ticket, as_borrower: Callable[[Borrower], Client], anna: Borrower
) -> None:
    assert ask_silent() == 0, "not yet"
    an_hour_passes(answered)
    assert (ask_silent(), ask_silent(), end_silent()) == (1, 0, 0)
    an_hour_passes(answered)
    assert (end_silent(), end_silent()) == (1, 0)
    answered.refresh_from_db()
    assert answered.status == "resolved" and answered.conversation.closed_at is not None
    question, end = automatic(answered)
    assert question.body.startswith("Вы ещё здесь?") and "20 минут" in question.body
    assert "24 часов" in end.body and question.public_seq and end.public_seq
    kinds = list(TicketEvent.objects.filter(ticket=answered).order_by("id").values_list("kind", "data__rule"))
    assert kinds[-3:] == [("silence_asked", "silence"), ("silence_ended", "silence"), ("resolved", None)]
    again = as_borrower(anna).post(f"/api/v1/conversations/{answered.conversation_id}/reopen")
    assert again.status_code == 200
    say(answered, anna, "Вот номер")
    assert answered.status == "open" and answered.silence_asked_at is None


@pytest.mark.parametrize("speaker", ["anna", "elena"])
def test_a_word_takes_the_question_back(answered: Ticket, request: Any, speaker: str) -> None:
    an_hour_passes(answered)
    ask_silent()
    say(answered, request.getfixturevalue(speaker), "Секунду, ищу номер")
    assert answered.silence_asked_at is None
    assert (ask_silent(), end_silent()) == (0, 0)


def test_nobody_is_asked_while_we_owe_an_answer_or_put_the_chat_off(
    answered: Ticket, anna: Borrower, elena: User
) -> None:
    say(answered, anna, "Вот номер: 17")
    an_hour_passes(answered)
    assert ask_silent() == 0, "we owe"
    say(answered, elena, "Завтра скажу")
    tickets.snooze(ticket=answered, until=timezone.now() + 5 * HOUR, by=elena)
    an_hour_passes(answered)
    assert ask_silent() == 0, "we said that we come back"


def test_a_chat_without_an_answer_and_a_letter_are_never_asked(anna: Borrower, sergey: Borrower, elena: User) -> None:
    chat.start_conversation(channel="chat", borrower=anna, context={})
    letter = chat.start_conversation(channel="email", borrower=sergey, context={}).ticket
    Ticket.objects.filter(pk=letter.pk).update(status="waiting", staff_wrote_at=timezone.now() - HOUR)
    assert ask_silent() == 0


def test_thanks_after_the_answer_start_the_time_anew(answered: Ticket, anna: Borrower) -> None:
    an_hour_passes(answered)
    say(answered, anna, "Спасибо!")
    assert ask_silent() == 0
    an_hour_passes(answered)
    assert ask_silent() == 1


def test_it_speaks_the_language_of_the_borrower(answered: Ticket) -> None:
    type(answered.conversation).objects.filter(pk=answered.conversation_id).update(language="en")
    an_hour_passes(answered)
    ask_silent()
    assert automatic(answered)[0].body == "Are you still there? If we hear nothing, this chat ends in 20 minutes."


def test_switched_off_nothing_happens(answered: Ticket, ivan: User) -> None:
    save_silence_rule(rule=SilenceRule(is_on=False), by=ivan)
    an_hour_passes(answered)
    assert (ask_silent(), end_silent()) == (0, 0)


def test_silent_chats_are_found_by_their_own_indexes(db: None) -> None:
    rule, now = SilenceRule(), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")  # in an empty table any index would do
    assert "ticket_silent" in silent_chats(rule, now).order_by("last_word").values("number").explain()
    assert "ticket_silence_asked" in asked_chats(rule, now).order_by("silence_asked_at").values("number").explain()


def test_an_administrator_changes_the_times_and_a_wrong_one_is_refused_in_words(
    as_staff: Callable[[User], Client], ivan: User
) -> None:
    page = as_staff(ivan)
    assert 'value="10"' in page.get("/settings/rules/").content.decode()
    for wrong in ({"warn_minutes": "0", "close_minutes": "5"}, {"warn_minutes": "five"}, {}):
        refused = page.post("/settings/rules/silence/", wrong)
        assert refused.status_code == 400 and "Ничего не сохранено" in refused.content.decode()
    assert not SilenceRule.objects.exists()
    saved = page.post("/settings/rules/silence/", {"is_on": "on", "warn_minutes": "3", "close_minutes": "7"})
    assert saved.status_code == 302
    assert SilenceRule.objects.get().facts() == {"is_on": True, "warn_time": 180, "close_time": 420}
    audited = AuditEntry.objects.get(code="silence_rule.changed")
    assert audited.user_id == ivan.pk and audited.detail["before"]["warn_time"] == 600
