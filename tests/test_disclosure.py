"""What may not be said to somebody whose identity is not verified: found in the text, refused at every door."""

import time

import pytest

from identity.rules.disclosure import disclosures
from identity.rules.pii import find_documents, mask_documents

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
