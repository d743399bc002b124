"""Personal data in text: what is found, what is shown instead, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from identity.rules import browsers, names, pii

CARDS = [
    ("4111 1111 1111 1111", "•••• 1111"),
    ("4111111111111111", "•••• 1111"),
    ("Моя карта 5536-9138-0000-0008, срок 12/27", "Моя карта •••• 0008, срок 12/27"),
    ("2200 2407 1234 5673", "•••• 5673"),  # Mir
    ("2200\u00a07008\u00a01234\u00a05675", "•••• 5675"),
    ("перевёл на 4012888888881881 и 5555555555554444.", "перевёл на •••• 1881 и •••• 4444."),
    ("6762 0000 0000 0000 001", "6762 0000 0000 0000 001"),  # a wrong check digit
    ("378282246310005", "•••• 0005"),  # fifteen digits
    ("6304000000000000", "•••• 0000"),
    ("4111 1111 1111 1111 12 27 123", "•••• 1111 12 27 123"),  # the card's date and code stand beside it
    ("4111-1111-1111-1111-5555-5555-5555-4444", "•••• 1111-•••• 4444"),
    ("4111111111111111/12/27/123", "•••• 1111/12/27/123"),
    ("карта № 4111 1111 1111 1111", "карта № •••• 1111"),
    ("№4111111111111111", "№•••• 1111"),
    ("карта-4111111111111111", "карта-•••• 1111"),
    ("МИР-2200240712345673", "МИР-•••• 5673"),
    ("перевёл на счёт 4111111111111111", "перевёл на счёт •••• 1111"),
    ("займ погасил 23.11, карта 4111111111111111", "займ погасил 23.11, карта •••• 1111"),
    ("89162045831 4111111111111111", "89162045831 •••• 1111"),
]


@pytest.mark.parametrize(("text", "shown"), CARDS)
def test_card_numbers_are_masked_but_for_the_last_four(text, shown):
    assert pii.mask_cards(text) == shown


LEFT_ALONE = [
    "займ № 24-118406",
    "+7 916 204-58-31 и 8 800 000-00-00",
    "17 640 ₽ до 28 ноября",
    "договор 1234567890123",  # no check digit
    "0000 0000 0000 0000",
    "счёт 40817810099910004312",  # twenty digits: a bank account
    "4111 1111 1111 1112",
    "41111111111111110000",  # inside a longer run of digits
    "00004111111111111111",
    "заявка № 4111111111111111",
    "Заявка №4111 1111 1111 1111 на займ",
    "по договору номер 4111111111111111",
    "application no. 4111111111111111",
    "24-4111111111111111",
    "2026/4111111111111111",
    "№ ЗМ-4111111111111111",
    "ИНН 7707083893, ОГРН 1027700132195",
    "",
]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_are_left_alone(text):
    assert pii.mask_cards(text) == text


@given(some.text())
def test_masking_never_fails_and_masks_everything_at_once(text):
    masked = pii.mask_cards(text)
    assert pii.find_cards(masked) == []


@given(some.integers(min_value=10**14, max_value=10**15 - 1), some.sampled_from(["", " ", "-"]))
def test_every_card_of_sixteen_digits_is_found_however_it_is_written(body, gap):
    digits = f"4{body}"[:15]
    number = next(digits + str(check) for check in range(10) if pii.luhn_holds(digits + str(check)))
    written = gap.join(number[place : place + 4] for place in range(0, 16, 4))
    assert pii.find_cards(f"вот {written}!") == [(4, 4 + len(written))]


PASSPORTS = [
    ("45 08 123456", True),
    ("4508 123456", True),
    ("4508 № 123456", True),
    ("серия 4508 номер 123456", True),
    ("паспорт 4508123456", True),
    ("Паспорт: 4508 123 456", True),
    ("Passport 4508123456", True),
    ("займ 24-118406", False),
    ("+79162045831", False),
    ("8 916 204-58-31", False),
    ("4508123456", False),  # ten digits alone may be anything
    ("17 640 ₽", False),
]


@pytest.mark.parametrize(("text", "is_found"), PASSPORTS)
def test_passports_are_found(text, is_found):
    assert bool(pii.find_passports(text)) is is_found


def test_the_span_of_a_passport_covers_its_number():
    text = "мой паспорт 4508123456, выдан в Твери"
    ((start, end),) = pii.find_passports(text)
    assert text[start:end] == "4508123456"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+79162045831", "+7 916 ••• •• 31"),
        ("8 (916) 204-58-31", "+7 916 ••• •• 31"),
        ("+491711234567", "+49 ••• •• 67"),
        ("123", "•••"),
        ("", ""),
    ],
)
def test_phones_show_where_and_the_last_two_digits(phone, shown):
    assert pii.mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("email", "shown"), [("anna@mail.example", "a•••@mail.example"), ("nonsense", "•••"), ("", "")]
)
def test_emails_show_one_letter_and_the_domain(email, shown):
    assert pii.mask_email(email) == shown


def test_names_are_shortened_never_inflected():
    assert names.initials("Анна Игоревна Ковалёва") == "АК"
    assert names.initials("мадонна") == "М"
    assert names.initials("") == ""
    assert names.short_name("Анна Игоревна Ковалёва") == "Анна К."
    assert names.everyday_name("Анна Игоревна Ковалёва") == "Анна Ковалёва"
    assert names.clean_name(" Анна\u202e \n Ков\u200bалёва ") == "Анна Ковалёва"


def test_browsers_are_named_for_people():
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    yandex = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 YaBrowser/24.7 Safari/537.36"
    assert browsers.browser_name(firefox) == "Firefox, Linux"
    assert browsers.browser_name(yandex) == "Яндекс Браузер, Windows"
    assert browsers.browser_name("curl/8.5.0") == "curl"
    assert browsers.browser_name("") == "—"
