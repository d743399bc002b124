"""What may not be said to somebody whose identity is not verified: found in the text, refused at every door."""

import time
import uuid
from typing import Any

import pytest
from django.urls import reverse

from identity.rules.disclosure import disclosures
from identity.rules.pii import find_documents, mask_documents
from tests.identity_desk import SERGEY, Panel, everything_stored
from tests.mailserver import MailServer, a_letter

LENDER_PHONE = "8 800 000-00-00"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Вернём 6 300 ₽ на карту", {"sum"}),
        ("К возврату 17\u00a0640,50 рублей", {"sum"}),
        ("Вернём 15000р сегодня", {"sum"}),
        ("это 6,3 тыс. руб.", {"sum"}),
        ("You paid ₽17,640 in November", {"sum"}),
        ("Вернём шесть тысяч триста рублей", {"sum"}),
        ("Задолженность 5000, оплатите её", {"sum"}),
        ("Сумма к оплате — 9 280,50", {"sum"}),
        ("Лишний платёж 6300 уже вернули", {"sum"}),
        ("Вернём ６３００ рублей", {"sum"}),
        ("Вернём 6\u200b300 ₽", {"sum"}),
        ("По займу 24-117982 всё закрыто", {"loan"}),
        ("договор № ЗМ-123456", {"loan"}),
        ("your loan number 24118406", {"loan"}),
        ("паспорт 4508 123456 получили", {"passport"}),
        ("карта 4276 1234 5678 9014", {"card"}),
        ("счёт 40817810099910004312", {"account"}),
        ("Позвоним на +7 916 204-58-31", {"phone"}),
        ("Дата рождения 11.02.1984 верна", {"birth_date"}),
        ("Ваш долг составляет пять тысяч", {"debt"}),
        ("Your debt is growing", {"debt"}),
        ("У вас просрочка пять дней", {"debt"}),
        ("Ваш займ закрыт двадцатого ноября", {"debt"}),
        ("Your loan is closed", {"debt"}),
    ],
)
def test_what_would_be_disclosed_is_found_and_named(text: str, kinds: set[str]) -> None:
    assert {found.kind for found in disclosures(text)} == kinds


@pytest.mark.parametrize(
    "text",
    [
        "Ответим сегодня до 15:50, работаем с 9:00 до 21:00 по Москве",
        "Заявка № 58 301 принята, обращение 2026-118406 зарегистрировано",
        "Телефон 8 800 000-00-00, звонок бесплатный; +7 800 000-00-00",
        "По закону 230-ФЗ и 353-ФЗ, п. 4 ст. 12",
        "Ответим до 24.11.2026, в течение 7 рабочих дней, 23 ноября 2026 года",
        "Код из СМС из 6 цифр, фото до 10 МБ, ссылка на 24 часа",
        "Ставка 0,8 % в день по тарифу, проценты за 2026 год считаем так же",
        "Откройте https://desk.example/documents/a-2411-800640/ и приложите фото",
        "Офис 1204, Москва, 101000, ИНН 7701234567",
        "Войдите в кабинет: там видны ваш займ, суммы и график",
        "Справку о закрытии займа подготовим после подтверждения",
        "Сергей, здравствуйте! Мы получили письмо и уже проверяем платёж. Чтобы защитить ваши данные, подтвердите, "
        "пожалуйста, что пишете именно вы: откройте ссылку ниже и войдите в личный кабинет. Это займёт около минуты.",
        "We answer by 15:50, Nov 24, 2026. Please sign in to your account.",
    ],
)
def test_ordinary_numbers_raise_no_alarm(text: str) -> None:
    assert disclosures(text, allowed=[LENDER_PHONE]) == []


def test_a_number_of_the_lenders_own_may_stand_anywhere_and_a_borrowers_may_not() -> None:
    text = f"Звоните {LENDER_PHONE} или ждите звонка на 8 (916) 204-58-31"
    assert [found.text for found in disclosures(text, allowed=[LENDER_PHONE])] == ["8 (916) 204-58-31"]


def test_a_long_text_is_looked_through_in_a_moment() -> None:
    for text in ("1 000 " * 20_000, "паспорт " * 12_000, "12-" * 30_000, "ваш " * 25_000, "пять " * 20_000):
        began_at = time.process_time()
        disclosures(text)
        mask_documents(text)
        assert time.process_time() - began_at < 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Паспорт 4508 123456 выдан в Твери", "Паспорт •••• •••••• выдан в Твери"),
        ("паспорт: 4508123456", "паспорт: •••• ••••••"),
        ("45 08 № 123 456", "•••• ••••••"),
        ("карта 4276 1234 5678 9014, паспорт 4508 123456", "карта •••• 9014, паспорт •••• ••••••"),
    ],
)
def test_documents_are_masked_and_of_a_passport_nothing_stays(text: str, shown: str) -> None:
    assert mask_documents(text) == shown
    assert mask_documents(shown) == shown
    assert find_documents(text) and not find_documents(shown)


@pytest.mark.parametrize(
    "text", ["в 2026 100 000 рублей", "+7 9162 045831", "заявка 58 301", "займ 24-118406", "12:30"]
)
def test_what_is_no_document_stays_as_it_was_written(text: str) -> None:
    assert mask_documents(text) == text


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_discloses_is_refused_in_words_and_nothing_of_it_is_stored(panel: Panel, letter: Any) -> None:
    from tickets.models import OutboundLetter

    before = letter.conversation.entries.count()
    answer = panel.answer("Сергей, вернём 6 300 ₽ по займу 24-117982.")
    assert (answer.status_code, answer.json()["code"]) == (409, "disclosure")
    words = answer.json()["message"]
    assert "сумма («6 300 ₽»)" in words and "номер займа («24-117982»)" in words and "войти в личный кабинет" in words
    assert letter.conversation.entries.count() == before
    assert not OutboundLetter.objects.exists()
    assert "6 300" not in everything_stored()


@pytest.mark.django_db(transaction=True)
def test_the_refusal_speaks_the_agents_language(panel: Panel, elena: Any) -> None:
    from identity import actions as identity

    identity.change_profile(user=elena, language="en", theme="", sound_on=True)
    words = panel.answer("We owe you ₽6,300.").json()["message"]
    assert words.startswith("Not sent: the identity is not verified, and the answer names a sum («₽6,300»)")


@pytest.mark.django_db(transaction=True)
def test_an_answer_without_personal_data_leaves_and_a_note_may_say_anything(panel: Panel, elena: Any) -> None:
    from tickets.models import OutboundLetter

    assert panel.answer("Сергей, здравствуйте! Ответим сегодня до 15:50, заявка № 58 301.").status_code == 201
    assert OutboundLetter.objects.count() == 1
    address = f"/api/v1/conversations/{panel.ticket.conversation_id}/messages"
    note = {"id": str(uuid.uuid4()), "body": "Лишние 6 300 ₽ видны в выписке", "kind": "note"}
    assert panel.client.post(address, note, content_type="application/json").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_once_the_identity_is_proved_the_same_answer_leaves(panel: Panel, known: dict[str, Any]) -> None:
    said = "Сергей, вернём 6 300 ₽ по займу 24-117982."
    assert panel.answer(said).status_code == 409
    panel.prove(known[SERGEY])
    assert panel.answer(said).status_code == 201
    panel.send("decline")
    assert panel.answer(said).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_over_the_socket_only_the_disclosing_answer_is_refused_and_says_why(
    panel: Panel, letter: Any, elena: Any, anna: Any, socket_for: Any
) -> None:
    from chat import actions as chat
    from tickets import actions as tickets

    talk = chat.start_conversation(channel="chat", borrower=anna, context={})
    chat.post_message(conversation=talk, author=anna, body="Сколько я должна?")
    tickets.ensure_slots(user=elena, capacity=5)
    talk.ticket.refresh_from_db()
    tickets.assign(ticket=talk.ticket, agent=elena, reason="taken")
    socket = socket_for(elena, {letter.conversation_id: 0, talk.pk: 0})
    refused = socket.post(letter.conversation_id, "Вернём 6 300 ₽")
    stored = socket.post(talk.pk, "К возврату 17 640 ₽")
    frame = socket.wait_for("refused", id=refused)
    assert frame["code"] == "disclosure" and "сумма («6 300 ₽»)" in frame["message"]
    assert socket.wait_for("posted", id=stored)["seq"]


@pytest.mark.django_db(transaction=True)
def test_an_answer_to_others_besides_the_proved_address_is_below_its_level(
    panel: Panel, known: dict[str, Any], letter: Any
) -> None:
    from tickets.actions.disclosure import refuse_disclosure
    from tickets.errors import Disclosure

    panel.prove(known[SERGEY])
    letter.refresh_from_db()
    own = letter.conversation.correspondent_address
    refuse_disclosure(ticket=letter, body="Вернём 6 300 ₽", recipients=[own.upper()])
    with pytest.raises(Disclosure):
        refuse_disclosure(ticket=letter, body="Вернём 6 300 ₽", recipients=[own, "wife@mail.example"])


@pytest.mark.django_db(transaction=True)
def test_below_the_level_no_byte_an_agent_gets_holds_anything_of_a_loan(panel: Panel, known: dict[str, Any]) -> None:
    from tickets.actions.seed import seed_desk

    seed_desk()
    seen = everything_an_agent_gets(panel, known)
    assert len(seen) >= 15
    for address, text in seen.items():
        for secret in ("24-117930", "24-107745", "37 200", "37200", "30 000", "data-loan"):
            assert secret not in text.replace("\u00a0", " "), f"{address} tells {secret}"
    panel.prove(known[SERGEY])
    opened = "".join(everything_an_agent_gets(panel, known).values()).replace("\u00a0", " ")
    assert "24-117930" in opened and "data-loan" in opened and "37 200 ₽" in opened


def everything_an_agent_gets(panel: Panel, known: dict[str, Any]) -> dict[str, str]:
    """The answers of every address that reads something of this ticket, its conversation or its candidates."""
    from tests.authorisation_tables import ADDRESSES
    from tests.test_authorisation import addresses

    given = {"number": panel.ticket.number, "conversation": panel.ticket.conversation_id}
    given |= {"borrower_id": known[SERGEY].pk, "borrower": known[SERGEY].pk}
    read = {name for name, method in ADDRESSES if method == "GET"}
    found = {}
    for pattern in addresses():
        wanted = pattern.pattern.converters
        if pattern.name not in read or not set(wanted) <= set(given):
            continue
        path = reverse(str(pattern.name), kwargs={name: given[name] for name in wanted})
        query = {"conversation": str(panel.ticket.conversation_id), "query": "", "topic": ""}
        answer = panel.client.get(path, query if pattern.name == "answers" else {})
        found[path] = answer.getvalue().decode("utf-8", "replace")
    return found


@pytest.mark.django_db(transaction=True)
def test_numbers_of_documents_in_a_letter_are_masked_everywhere_and_shown_for_a_reason_that_is_recorded(
    mail_server: MailServer, fetch: Any, elena: Any, as_staff: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from identity.models import AuditEntry
    from tickets import actions as tickets
    from tickets.models import Ticket

    body = "Мой паспорт 3609 518274, карта 4276 1234 5678 9014.\n\n23.11.2026 Лад пишет:\n> паспорт 3609 518274"
    letter = a_letter(body, subject="Паспорт 3609 518274")
    letter.add_attachment(b"%PDF-1.4\n%%EOF", maintype="application", subtype="pdf", filename="3609 518274.pdf")
    mail_server.deliver(letter)
    fetch()
    stored = everything_stored()
    assert "•••• ••••••" in stored and "•••• 9014" in stored
    for digits in ("518274", "4276 1234", "42761234"):
        assert digits not in stored and digits not in caplog.text
    ticket = Ticket.objects.get()
    tickets.take(ticket=ticket, by=elena)
    desk = Panel(as_staff(elena), ticket)
    assert "518274" not in desk.shown() and "Скрытые номера" in desk.shown()
    assert desk.send("unmask", reason="  ").status_code == 400
    shown = desk.send("unmask", reason="Сверить паспорт с займодавцем").content.decode()
    assert "3609 518274" in shown and "4276 1234 5678 9014" in shown
    line = AuditEntry.objects.get(code="letter.unmasked")
    assert (line.user_id, line.detail["reason"]) == (elena.pk, "Сверить паспорт с займодавцем")
    assert "518274" not in everything_stored()


@pytest.mark.django_db(transaction=True)
def test_a_passport_typed_in_the_chat_is_masked_before_it_is_stored(anna: Any, as_borrower: Any) -> None:
    client = as_borrower(anna)
    started = client.post("/api/v1/conversations", {"topic": "", "page": ""}, format="json").json()
    said = {"id": str(uuid.uuid4()), "body": "мой паспорт 2811 347265"}
    assert client.post(f"/api/v1/conversations/{started['id']}/messages", said, format="json").status_code == 201
    stored = everything_stored()
    assert "347265" not in stored and "мой паспорт •••• ••••••" in stored
