"""What the checks are given of a conversation: words, facts, topic and steps, who was known since when."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat import actions as chat
from chat.models import Conversation, Entry
from quality.queries.aids import forget_aids
from quality.queries.transcripts import content_hash, transcript_of
from tests.transcripts import run
from tickets import actions as tickets
from tickets.actions.seed import seed_topics
from tickets.models import CannedAnswer, Ticket, Topic
from tickets.queries.scenarios import steps_in_force
from tickets.rules.scenarios import Mark

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def held(anna: Any, elena: Any) -> Conversation:
    """A chat of Anna with Elena about an extension, with a note between."""
    seed_topics()
    conversation = chat.start_conversation(channel="chat", borrower=anna, context={"topic": "extension"})
    chat.add_participant(conversation=conversation, user=elena)
    chat.post_message(conversation=conversation, author=anna, body="Где мой договор?")
    chat.post_message(conversation=conversation, author=elena, body="Это ваши проблемы", kind="note")
    chat.post_message(conversation=conversation, author=elena, body="Договор № 24-118406 в кабинете")
    return Conversation.objects.get(pk=conversation.pk)


def test_notes_are_not_judged_and_facts_are_told(held: Conversation, elena: Any) -> None:
    transcript = transcript_of(held)
    assert [message.text for message in transcript.messages] == ["Где мой договор?", "Договор № 24-118406 в кабинете"]
    assert run("forbidden_wording", transcript).verdict == "pass"
    assert {"started"} <= {fact.kind for fact in transcript.facts}
    assert all(message.moment for message in transcript.messages)


def test_the_topic_and_its_steps_are_told_as_they_stand(held: Conversation, elena: Any) -> None:
    ticket = Ticket.objects.get(conversation=held)
    before = transcript_of(held)
    assert (before.topic, any(step.is_done for step in before.scenario)) == ("extension", False)
    tickets.mark_step(ticket=ticket, step=steps_in_force(ticket.topic_id)[0].pk, mark=Mark("done"), by=elena)
    after = transcript_of(Conversation.objects.get(pk=held.pk))
    assert next(one.is_done for one in after.scenario)
    assert content_hash(after) != content_hash(before)
    tickets.set_topic(ticket=ticket, topic=Topic.objects.get(code="payments"), by=elena)
    assert transcript_of(Conversation.objects.get(pk=held.pk)).topic == "payments"


def test_who_signed_in_is_known_and_who_wrote_a_letter_is_not(held: Conversation, elena: Any) -> None:
    assert run("identification", transcript_of(held)).verdict == "pass"
    letter = chat.start_conversation(
        channel="email", correspondent_name="Анна", correspondent_address="a@b.example", subject="Договор"
    )
    chat.add_participant(conversation=letter, user=elena)
    told = chat.post_message(conversation=letter, author=elena, body="Договор открыт")
    said = "Договор № 24-118406 открыт"  # the desk itself would not let it go out
    Entry.objects.filter(conversation=letter, seq=told.seq).update(body=said)
    assert transcript_of(letter).identified_from is None
    assert run("identification", transcript_of(letter)).verdict == "fail"
    chat.record_fact(conversation=letter, kind="verified", author=elena, data={"level": 2}, public=False)
    late = transcript_of(letter)
    assert late.identified_from == told.seq + 1
    assert run("identification", late).verdict == "fail"  # it was told before
    chat.record_fact(conversation=letter, kind="unverified", author=elena, data={}, public=False)
    assert transcript_of(letter).identified_from is None


def test_a_second_talk_of_the_day_goes_on_without_a_greeting(held: Conversation, anna: Any, elena: Any) -> None:
    assert run("greeting", transcript_of(held)).verdict == "fail"
    Conversation.objects.filter(pk=held.pk).update(closed_at=timezone.now() - timedelta(hours=2))
    second = chat.start_conversation(channel="chat", borrower=anna)
    chat.post_message(conversation=second, author=anna, body="Ещё вопрос")
    chat.add_participant(conversation=second, user=elena)
    chat.post_message(conversation=second, author=elena, body="Слушаю")
    assert run("greeting", transcript_of(second)).verdict == "na"
    Conversation.objects.filter(pk=held.pk).update(closed_at=timezone.now() - timedelta(hours=25))
    assert run("greeting", transcript_of(second)).verdict == "fail"


def test_sentences_of_prepared_answers_are_known(held: Conversation) -> None:
    CannedAnswer.objects.create(shortcut="x", title="x", body="Договор лежит в личном кабинете. {name}, откройте его.")
    forget_aids()
    assert transcript_of(held).aids.prepared >= {"договор лежит в личном кабинете."}
    forget_aids()
