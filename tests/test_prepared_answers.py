"""Prepared answers: written by one person and approved by another; legal texts leave word for word or not at all."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import actions as chat
from chat.models import Entry
from identity.models import AuditEntry, Borrower, User
from tickets import actions as tickets
from tickets.actions.letters_answer import Recipients, post_answer
from tickets.errors import Sealed
from tickets.models import AnswerUse, AnswerVersion, CannedAnswer, Ticket, Topic
from tickets.rules.answers import stands_in, unknown_variables

pytestmark = pytest.mark.django_db
PAGE = "/settings/answers/"
LAW = "Вы вправе отказаться от договора в течение 14 дней.\nДля этого напишите нам заявление."


def wording(**said: Any) -> dict[str, Any]:
    """What the form of an answer sends."""
    soon = timezone.localdate() + timedelta(days=90)
    usual = {"shortcut": "отказ", "title": "Право на отказ", "body": LAW, "title_en": "", "body_en": ""}
    return {**usual, "topic": "", "review_by": soon.isoformat(), "do": "hand_in", **said}


def written(client: Client, **said: Any) -> CannedAnswer:
    answer = client.post(f"{PAGE}new/", wording(**said))
    assert answer.status_code == 302, answer.content.decode()
    return CannedAnswer.objects.get(shortcut=said.get("shortcut", "отказ"))


def settle(client: Client, answer: CannedAnswer, do: str = "approve", **said: Any) -> Any:
    version = answer.versions.first()
    assert version is not None
    return client.post(f"{PAGE}{answer.pk}/settle/", {"do": do, "version": version.number, **said}, follow=True)


def found(client: Client, query: str) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = client.get("/api/v1/answers", {"query": query}).json()
    return said


@pytest.fixture
def sealed() -> CannedAnswer:
    """A legal text in force for a week."""
    soon = timezone.localdate() + timedelta(days=7)
    return CannedAnswer.objects.create(shortcut="отказ", title="Право", body=LAW, is_sealed=True, review_by=soon)


@pytest.fixture
def asked(anna: Borrower, elena: User) -> Ticket:
    ticket: Ticket = chat.start_conversation(channel="chat", borrower=anna, context={}).ticket
    tickets.ensure_slots(user=elena)
    tickets.assign(ticket=ticket, agent=elena, reason="matched")
    return ticket


def say(client: Client, ticket: Ticket, body: str, answers: list[int] | None = None) -> Any:
    said: dict[str, Any] = {"id": str(uuid.uuid4()), "body": body}
    said |= {} if answers is None else {"answers": answers}
    path = f"/api/v1/conversations/{ticket.conversation_id}/messages"
    return client.post(path, said, content_type="application/json")


def test_agents_find_an_answer_only_after_a_second_person_approved_it(
    olga: User, ivan: User, elena: User, as_staff: Callable[[User], Client]
) -> None:
    answer = written(as_staff(olga))
    assert found(as_staff(elena), "отказ") == []
    own = settle(as_staff(olga), answer)
    assert "но не автор" in own.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert found(as_staff(elena), "отказ") == []
    assert "Одобрено" in settle(as_staff(ivan), answer).content.decode()
    (seen,) = found(as_staff(elena), "договоров")
    assert (seen["body"], seen["version"], seen["sealed"]) == (LAW, 1, False)
    assert "Иван" in seen["note"]
    codes = AuditEntry.objects.filter(object_kind="answer").order_by("pk").values_list("code", "user_id")
    assert [(code, str(who)) for code, who in codes] == [
        ("answer.handed_in", str(olga.pk)), ("answer.approved", str(ivan.pk))
    ]  # fmt: skip


def test_a_changed_wording_changes_nothing_for_agents_until_it_is_approved_and_all_are_kept(
    olga: User, ivan: User, elena: User, as_staff: Callable[[User], Client]
) -> None:
    answer = CannedAnswer.objects.create(shortcut="отказ", title="Право", body="Было.")
    as_staff(olga).post(f"{PAGE}{answer.pk}/", wording(body="Стало."))
    assert found(as_staff(elena), "отказ")[0]["body"] == "Было."
    page = as_staff(ivan).get(f"{PAGE}{answer.pk}/").content.decode()
    assert "Стало." in page and "Было." in page
    settle(as_staff(ivan), answer)
    assert found(as_staff(elena), "отказ")[0]["body"] == "Стало."
    assert list(answer.versions.order_by("number").values_list("number", "body", "state")) == [
        (1, "Было.", "approved"), (2, "Стало.", "approved")
    ]  # fmt: skip


def test_whoever_changes_anothers_words_is_the_author_of_a_new_wording(
    olga: User, ivan: User, as_staff: Callable[[User], Client]
) -> None:
    answer = written(as_staff(olga))
    as_staff(ivan).post(f"{PAGE}{answer.pk}/", wording(body="Иначе."))
    assert list(answer.versions.values_list("number", "state", "author")) == [
        (2, "waiting", ivan.pk), (1, "replaced", olga.pk)
    ]  # fmt: skip
    settle(as_staff(ivan), answer)
    answer.refresh_from_db()
    assert answer.version == 0
    settle(as_staff(olga), answer)
    answer.refresh_from_db()
    assert answer.version == 2


def test_a_wording_is_sent_back_with_words_and_an_old_page_approves_nothing(
    olga: User, ivan: User, as_staff: Callable[[User], Client]
) -> None:
    answer = written(as_staff(olga))
    assert "что нужно исправить" in settle(as_staff(ivan), answer, "return").content.decode().replace(
        "\N{NO-BREAK SPACE}", " "
    )
    settle(as_staff(ivan), answer, "return", note="Назовите закон")
    assert "Назовите закон" in as_staff(olga).get(f"{PAGE}{answer.pk}/").content.decode()
    late = as_staff(ivan).post(f"{PAGE}{answer.pk}/settle/", {"do": "approve", "version": 1})
    assert late.status_code == 302
    answer.refresh_from_db()
    assert answer.version == 0


def test_the_database_itself_lets_no_author_approve(olga: User, as_staff: Callable[[User], Client]) -> None:
    answer = written(as_staff(olga))
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerVersion.objects.filter(answer=answer).update(settled_by=olga)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"body": "Сумма {кредит}."}, "{кредит}"),
        ({"body": "Сумма {сумма."}, "Неизвестно"),
        ({"body": "Сумма {сумма}.", "is_sealed": "on"}, "слово в слово"),
        ({"body": "Карта 4111 1111 1111 1111", "is_sealed": "on"}, "всегда скрывается"),
        ({"title": "", "body": ""}, "хотя бы на одном языке"),
        ({"title_en": "Refusal"}, "напишите и то и другое"),
        ({"review_by": "2020-01-01"}, "уже прошёл"),
        ({"review_by": ""}, "Обязательное поле"),
        ({"shortcut": "занято"}, "у другого ответа"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(
    said: dict[str, str], words: str, olga: User, as_staff: Callable[[User], Client]
) -> None:
    CannedAnswer.objects.create(shortcut="занято", title="x", body="x")
    answer = as_staff(olga).post(f"{PAGE}new/", wording(**said))
    page = answer.content.decode()
    assert answer.status_code == 400 and words in page
    assert "Право на отказ" in page or "Refusal" in page or LAW.splitlines()[0] in page or "title" in said
    assert CannedAnswer.objects.count() == 1


def test_a_preview_fills_in_examples_and_saves_nothing(olga: User, as_staff: Callable[[User], Client]) -> None:
    said = wording(body="{имя}, к оплате {сумма}.", title_en="Sum", body_en="{name}, pay {due_sum}.", do="preview")
    page = as_staff(olga).post(f"{PAGE}new/", said).content.decode()
    assert "Анна, к оплате 17\N{NO-BREAK SPACE}640\N{NO-BREAK SPACE}₽." in page
    assert "Anna, pay ₽17,640." in page
    assert not CannedAnswer.objects.exists()


def test_the_list_finds_by_word_forms_and_counts_what_is_to_be_reviewed(
    olga: User, sealed: CannedAnswer, as_staff: Callable[[User], Client]
) -> None:
    CannedAnswer.objects.create(shortcut="иное", title="Иное", body="Справка готова.")
    CannedAnswer.objects.filter(pk=sealed.pk).update(review_by=timezone.localdate() - timedelta(days=1))
    page = as_staff(olga).get(PAGE, {"query": "заявлением"}).content.decode()
    assert 'data-answer="отказ"' in page and 'data-answer="иное"' not in page
    assert "2 ответа пора пересмотреть" in page
    page = as_staff(olga).get(PAGE, {"show": "waiting"}).content.decode()
    assert "data-answer" not in page


def test_an_answer_for_several_topics_fits_each_of_them_and_stands_first(
    elena: User, as_staff: Callable[[User], Client]
) -> None:
    tickets.seed_desk()
    access, payments = (Topic.objects.get(code=code) for code in ("access", "payments"))
    answer = CannedAnswer.objects.create(shortcut="оба", title="Оба", body="Оба.", topic=access, position=99)
    answer.also.add(payments)
    for code in ("access", "payments"):
        seen = as_staff(elena).get("/api/v1/answers", {"topic": code, "fitting": "1"}).json()
        assert [one["fitting"] for one in seen if one["shortcut"] == "оба"] == [True]
    first = as_staff(elena).get("/api/v1/answers", {"topic": "payments"}).json()
    assert {one["fitting"] for one in first[:3]} == {True}


def test_a_legal_text_leaves_word_for_word_and_its_use_is_counted(
    elena: User, sealed: CannedAnswer, asked: Ticket, as_staff: Callable[[User], Client]
) -> None:
    client = as_staff(elena)
    assert say(client, asked, f"Анна, добрый день!\n\n{LAW}\n\nЧем ещё помочь?", [sealed.pk]).status_code == 201
    entry = Entry.objects.get(conversation=asked.conversation, kind="message")
    assert entry.data == {"answers": [sealed.pk]}
    use = AnswerUse.objects.get()
    assert (use.answer, use.version, use.used_by) == (sealed, 1, elena)


@pytest.mark.parametrize("body", [LAW.replace("14", "10"), f"Не {LAW}", f"{LAW} Но не для вас.", "Привет", LAW[:-1]])
def test_a_changed_legal_text_is_refused_in_words_and_nothing_is_stored(
    body: str, elena: User, sealed: CannedAnswer, asked: Ticket, as_staff: Callable[[User], Client]
) -> None:
    answer = say(as_staff(elena), asked, body, [sealed.pk])
    assert (answer.status_code, answer.json()["code"]) == (409, "sealed")
    assert "Право" in answer.json()["message"]
    assert not Entry.objects.filter(conversation=asked.conversation, kind="message").exists()
    assert not AnswerUse.objects.exists()


def test_a_legal_text_past_its_review_or_withdrawn_is_not_sent(
    elena: User, olga: User, sealed: CannedAnswer, asked: Ticket, as_staff: Callable[[User], Client]
) -> None:
    CannedAnswer.objects.filter(pk=sealed.pk).update(review_by=timezone.localdate())
    assert say(as_staff(elena), asked, LAW, [sealed.pk]).status_code == 201, "its last day"
    CannedAnswer.objects.filter(pk=sealed.pk).update(review_by=timezone.localdate() - timedelta(days=1))
    assert found(as_staff(elena), "отказ")[0]["expired"] is True
    expired = say(as_staff(elena), asked, LAW, [sealed.pk]).json()
    assert expired["code"] == "sealed" and "пересмотр" in expired["message"]
    as_staff(olga).post(f"{PAGE}{sealed.pk}/withdraw/")
    withdrawn = say(as_staff(elena), asked, LAW, [sealed.pk]).json()
    assert withdrawn["code"] == "sealed" and "не одобрен" in withdrawn["message"]
    assert found(as_staff(elena), "отказ") == []


def test_a_letter_keeps_to_the_same_rule(elena: User, sealed: CannedAnswer) -> None:
    conversation = chat.start_conversation(
        channel="email", correspondent_name="Ирина", correspondent_address="i@mail.example", context={}
    )
    author = chat.Correspondent(name="Ирина", address="i@mail.example")
    chat.post_message(conversation=conversation, author=author, body="Пришлите справку")
    ticket = Ticket.objects.get(conversation=conversation)
    tickets.assign(ticket=ticket, agent=elena, reason="taken")
    said: dict[str, Any] = {"ticket": ticket, "by": elena, "client_id": None, "files": (), "recipients": Recipients()}
    with pytest.raises(Sealed):
        post_answer(**said, body=LAW.replace("14", "10"), answers=[sealed.pk])
    assert post_answer(**said, body=LAW, answers=[sealed.pk]).data["answers"] == [sealed.pk]


def test_a_client_that_names_no_answers_writes_as_before_and_costs_no_query_more(
    elena: User, anna: Borrower, sealed: CannedAnswer, asked: Ticket, as_staff: Any, as_borrower: Any
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert say(as_staff(elena), asked, LAW.replace("14", "10")).status_code == 201
    assert not [one for one in seen if "cannedanswer" in one["sql"]]
    assert say(as_borrower(anna), asked, "Спасибо", [sealed.pk]).status_code == 201, "a borrower's mark means nothing"
    assert not AnswerUse.objects.exists()
    for wrong in (["x"], [-1], list(range(11)), "1"):
        assert say(as_staff(elena), asked, "Привет", wrong).status_code == 400, wrong  # type: ignore[arg-type]
    assert say(as_staff(elena), asked, "Привет", [2**61]).json()["code"] == "unknown_answer"


def test_a_text_stands_only_in_lines_of_its_own_and_only_known_names_are_filled_in() -> None:
    assert stands_in("a\nb\nc", "b") and stands_in("b", "b") and stands_in("xb\nb", "b")
    assert not stands_in("ab", "b") and not stands_in("bc\n", "b") and not stands_in("b", "")
    assert unknown_variables("{имя} {Agent} {x} {y!} {x}") == ["{x}", "{y!}"]
    assert unknown_variables("a } b") == ["}"]
