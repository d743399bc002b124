"""The automatic checks of quality, tried on snippets in Russian and English; pure, no database."""

import itertools
import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.rules import wording
from quality.rules.checks import CHECKS
from quality.rules.personal_data import find_personal_data, hide_personal_data
from quality.rules.russian import lemmas
from quality.rules.transcript import MAX_LENGTH, Message, Side, Transcript
from tests.transcripts import run, said, talk, verdict


def luhn_number(beginning: str) -> str:
    digits = [int(digit) for digit in beginning]
    doubled = [d * 2 - 9 if d * 2 > 9 else d * 2 for d in digits[::-1][::2]]
    return beginning + str(-(sum(doubled) + sum(digits[::-1][1::2])) % 10)


CARD = luhn_number("220015023456789")
SPACED = " ".join(CARD[i : i + 4] for i in range(0, 16, 4))


GREETINGS = [
    ("Здравствуйте, Анна!", "pass"),
    ("здравствуйте", "pass"),
    ("Добрый день! Чем могу помочь?", "pass"),
    ("Доброе утро", "pass"),
    ("Добрый вечер, вижу ваш вопрос", "pass"),
    ("Доброго времени суток", "pass"),
    ("Приветствую вас", "pass"),
    ("Рада приветствовать вас в чате", "pass"),
    ("Hello Anna", "pass"),
    ("Good afternoon, how can I help?", "pass"),
    ("Hi! Let me check.", "pass"),
    ("Dear Anna, thank you for your letter", "pass"),
    ("Уважаемый Георгий!", "pass"),
    ("здраствуйте", "pass"),
    ("Ваш уважаемый банк ответил", "fail"),
    ("Вижу ваш займ", "fail"),
    ("Что у вас?", "fail"),
    ("Клиент написал «Здравствуйте», отвечаю", "fail"),
    ("Your loan is open.", "fail"),
    ("Which loan?", "fail"),
    ("Слушаю", "fail"),
]
INTRODUCTIONS = [
    ("Меня зовут Елена", "pass"),
    ("Добрый день, меня зовут Мария!", "pass"),
    ("С вами Дмитрий, слушаю", "pass"),
    ("На связи Ольга", "pass"),
    ("Вам отвечает специалист Павел", "pass"),
    ("Это Елена из поддержки", "pass"),
    ("My name is Kate", "pass"),
    ("This is Kate from support", "pass"),
    ("You're chatting with Kate.", "pass"),
    ("Здравствуйте! Вижу ваш займ", "fail"),
    ("На связи не смогу быть", "fail"),
    ("I'm sorry for the wait", "fail"),
    ("This is not available", "fail"),
    ("I am checking the loan with our team", "fail"),
]
NAMES = [
    ("Анна", "Анна, добрый день!", "pass"),
    ("Анна", "Вижу, что Анне пришёл перевод", "pass"),
    ("Анна", "Дорогая Анночка", "fail"),
    ("Анна", "анна", "pass"),
    ("Яна", "здравствуйте яна, график в кабинете", "pass"),
    ("Grace", "hey grace, the fee is zero", "pass"),
    ("Роман", "вышел новый роман, почитайте", "fail"),
    ("Вера", "Здравствуйте! Какая вера в нас", "fail"),
    ("Анна", "Здравствуйте!", "fail"),
    ("Анна", "Анализ готов", "fail"),
    ("Илья", "Илья Андреевич, добрый день!", "pass"),
    ("Илья", "Для Ильи продление доступно", "pass"),
    ("Павел", "Павлу отправили письмо", "pass"),
    ("Пётр", "Петр, спасибо", "pass"),
    ("Пётр", "Уважаемый Пётр Иванович", "pass"),
    ("Лев", "Льва Толстого, 5", "pass"),
    ("Мария", "Марии уже ответили", "pass"),
    ("Мария", "Маршрут готов", "fail"),
    ("John", "Hello John, let me check", "pass"),
    ("John", "Hello, let me check", "fail"),
    ("", "Здравствуйте!", "na"),
]
ADDRESS = [
    ("Вы можете продлить займ", "pass"),
    ("Тебе нужно подождать", "fail"),
    ("Ты где?", "fail"),
    ("Пришли твои документы", "fail"),
    ("Клиент сказал «ты обещал», проверим", "pass"),
    ("Тысяча рублей", "pass"),
    ("Творите добро", "pass"),
    ("Рассказываю о тебя касающихся вещах", "fail"),
    ("You can extend the loan", "na"),
]
CLOSINGS = [
    ("Хорошего дня!", "pass"),
    ("До свидания.", "pass"),
    ("Ждём. До свидания.", "pass"),
    ("Всего доброго, Анна", "pass"),
    ("Всего вам самого наилучшего", "pass"),
    ("Рада была помочь", "pass"),
    ("Спасибо за обращение!", "pass"),
    ("Приятного вам вечера", "pass"),
    ("С уважением, Елена", "pass"),
    ("Have a nice day!", "pass"),
    ("Thank you for contacting us", "pass"),
    ("Goodbye", "pass"),
    ("Best regards, Kate", "pass"),
    ("Платёж прошёл", "fail"),
    ("Ок", "fail"),
    ("The payment has arrived.", "fail"),
    ("Хороший день для платежа", "fail"),
]
OFFERS = [
    ("Остались ли у вас вопросы?", "pass"),
    ("Остались вопросы?", "pass"),
    ("Могу ли я ещё чем-то помочь?", "pass"),
    ("Могу ли чем-то ещё быть полезна", "pass"),
    ("Чем ещё могу помочь?", "pass"),
    ("Если возникнут вопросы, пишите", "pass"),
    ("Если появятся дополнительные вопросы — мы на связи", "pass"),
    ("Подсказать что-то ещё? Обращайтесь", "pass"),
    ("Есть ещё вопросы?", "pass"),
    ("Is there anything else I can help with?", "pass"),
    ("Do you have any other questions?", "pass"),
    ("Feel free to contact us", "pass"),
    ("Let me know if it works", "pass"),
    ("До свидания", "fail"),
    ("Ваш вопрос решён", "fail"),
    ("Have a nice day", "fail"),
]
SHOUTS = [
    ("Ваш платёж прошёл!", "pass"),
    ("ВНИМАНИЕ: платёж не прошёл", "partial"),
    ("ЧИТАЙТЕ ДОГОВОР", "fail"),
    ("Пришлите СНИЛС и данные ОСАГО", "pass"),
    ("Оплатите!!", "partial"),
    ("Что вам непонятно???", "partial"),
    ("Правда?! Да!", "pass"),
    ("Карта VISA подходит", "pass"),
    ("PLEASE WAIT", "fail"),
    ("МФО и ЦБ", "pass"),
    ("ОПЛАТИТЕ СЕЙЧАС!!!", "fail"),
    ("Код AB12CDEF", "pass"),
]
DISCLOSURES = [
    (f"Ваша карта {CARD}", "fail"),
    (f"Ваша карта {SPACED}.", "fail"),
    ("Ваша карта •••• 1234", "pass"),
    ("Карта на 1234", "pass"),
    ("Договор № 24-118406, сумма 17 640 ₽", "pass"),
    ("Паспорт 45 08 123456 принят", "fail"),
    ("паспорт серии 4508 номер 123456", "fail"),
    ("CVV 123", "fail"),
    ("СНИЛС 112-233-445 95", "fail"),
    ("СНИЛС 112-233-445 96", "pass"),
    ("ИНН 7707083893", "fail"),
    ("ИНН 7707083894", "pass"),
    ("Телефон 8 800 000-00-00", "pass"),
    ("Номер заявки 1234567890123456", "pass"),
    ("Passport 4508 123456", "fail"),
    ("Сумма 12 000 000 рублей до 01.12.2026 15:30", "pass"),
]
LINKS = [
    ("Оплатить можно на https://my.lad.example/pay", "pass"),
    ("Зайдите на my.lad.example", "pass"),
    ("Подайте заявление на gosuslugi.ru", "pass"),
    ("Пишите в https://t.me/lad_help", "fail"),
    ("Напишите мне в wa.me/79160000000", "fail"),
    ("Ссылка: bit.ly/abc", "fail"),
    ("https://gosuslugi.ru.evil.com/login", "fail"),
    ("http://gosuslugi.ru@evil.com/", "fail"),
    ("evilgosuslugi.ru", "fail"),
    ("Почта help@mail.example.com", "pass"),
    ("Займ закрыт.Спасибо", "pass"),
    ("т.е. до 01.12.2026", "pass"),
    ("Сайт мойзайм.рф", "fail"),
    ("See www.evil.com", "fail"),
]


@pytest.mark.parametrize(("text", "expected"), GREETINGS)
def test_a_greeting_is_heard(text: str, expected: str) -> None:
    assert said("greeting", text) == expected


@pytest.mark.parametrize(("text", "expected"), INTRODUCTIONS)
def test_an_introduction_is_heard(text: str, expected: str) -> None:
    assert said("introduced", text) == expected


@pytest.mark.parametrize(("name", "text", "expected"), NAMES)
def test_a_name_is_heard_in_any_case(name: str, text: str, expected: str) -> None:
    assert verdict("by_name", talk("B: Вопрос", f"A: {text}", name=name)) == expected


@pytest.mark.parametrize(("text", "expected"), ADDRESS)
def test_familiar_address_is_heard(text: str, expected: str) -> None:
    assert said("formal_address", text) == expected


@pytest.mark.parametrize(("text", "expected"), CLOSINGS)
def test_a_goodbye_is_heard(text: str, expected: str) -> None:
    assert said("closing", text) == expected


@pytest.mark.parametrize(("text", "expected"), OFFERS)
def test_an_offer_of_further_help_is_heard(text: str, expected: str) -> None:
    assert said("further_help", text) == expected


@pytest.mark.parametrize(("text", "expected"), SHOUTS)
def test_shouting_is_seen(text: str, expected: str) -> None:
    assert said("shouting", text) == expected


@pytest.mark.parametrize(("text", "expected"), DISCLOSURES)
def test_disclosed_personal_data_is_seen(text: str, expected: str) -> None:
    assert said("personal_data", text) == expected


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_foreign_links_are_seen(text: str, expected: str) -> None:
    transcript = talk("B: Вопрос", f"A: {text}")
    transcript = Transcript(
        channel="chat", messages=transcript.messages, own_hosts=frozenset({"lad.example", "my.lad.example"})
    )
    assert verdict("foreign_links", transcript, allowed_hosts=["gosuslugi.ru"]) == expected


LEXICAL = ("forbidden_wording", "threats", "code_request", "business_style")
ENTRIES = [(name, phrase) for name in LEXICAL for phrase in wording.lexicon(name).phrases]
MUST_MATCH = [(name, phrase, text) for name, phrase in ENTRIES for text in phrase.must_match]
MUST_NOT_MATCH = [(name, text) for name, phrase in ENTRIES for text in phrase.must_not_match]


@pytest.mark.parametrize(("name", "phrase", "text"), MUST_MATCH, ids=[text for _, _, text in MUST_MATCH])
def test_every_phrase_of_a_lexicon_is_found_in_its_examples(name: str, phrase: wording.Phrase, text: str) -> None:
    assert phrase.found_in(wording.without_quotations(wording.fold(text)))
    assert said(name, text) in {"fail", "partial"}


@pytest.mark.parametrize(("name", "text"), MUST_NOT_MATCH)
def test_no_phrase_of_a_lexicon_is_found_where_it_must_not_be(name: str, text: str) -> None:
    assert said(name, text) == "pass"


@pytest.mark.parametrize(("name", "phrase"), ENTRIES)
def test_every_phrase_of_a_lexicon_says_what_to_say_instead(name: str, phrase: wording.Phrase) -> None:
    assert phrase.better and phrase.must_match and phrase.language in {"ru", "en"}
    assert phrase.severity in {"minor", "major", "critical"}


def test_what_the_borrower_says_or_is_quoted_is_not_held_against_the_agent() -> None:
    borrower_speaks = talk("B: Это ваши проблемы, идиоты! Вас посадят", "A: Понимаю вас")
    assert [verdict(code, borrower_speaks) for code in LEXICAL] == ["pass"] * 4
    assert said("forbidden_wording", "Вы писали: «это ваши проблемы»") == "pass"
    assert said("forbidden_wording", "> это ваши проблемы\nПонимаю", channel="email") == "pass"


def test_one_small_slip_is_half_a_failure_and_two_are_a_whole_one() -> None:
    assert said("forbidden_wording", "Читайте договор") == "partial"
    assert said("forbidden_wording", "Читайте договор. Вам уже ответили.") == "fail"
    assert said("forbidden_wording", "Успокойтесь") == "fail"


def test_a_finding_of_wording_quotes_the_words_and_says_what_to_say_instead() -> None:
    text = "Нужно было раньше думать, условия договора вы подписывали."
    outcome = run("forbidden_wording", talk("B: Что делать?", f"A: {text}"))
    first = outcome.facts["phrases"][0]
    assert first["words"] == "Нужно было раньше думать"
    assert first["better"].startswith("Сейчас важно")
    assert [text[span.start : span.end] for span in outcome.evidence][1] == "условия договора вы подписывали"


def test_greeting_and_introduction_belong_to_the_beginning() -> None:
    late = talk("B: Вопрос", "A: Минуту", "A: Смотрю", "A: Ответ", "A: Здравствуйте, меня зовут Анна")
    assert verdict("greeting", late) == "fail"
    assert verdict("introduced", late) == "fail"
    second = talk("B: Вопрос", "A: Минуту", "A: Здравствуйте")
    assert verdict("greeting", second) == "pass"
    letter = talk("B: Вопрос", "A: Минуту", "A: Здравствуйте", channel="email")
    assert verdict("greeting", letter) == "fail"


def test_goodbye_belongs_to_the_end() -> None:
    early = talk("B: Вопрос", "A: Хорошего дня", "A: Один", "A: Два", "A: Три")
    assert verdict("closing", early) == "fail"
    left = talk("B: Вопрос", "A: Какой займ?", ended=1800)
    assert [verdict(code, left) for code in ("closing", "further_help")] == ["na", "na"]
    stayed = talk("B: Вопрос", "A: Какой займ?", ended=1799)
    assert verdict("closing", stayed) == "fail"


FIRST_RESPONSES = [
    (["B: Вопрос", "@60 A: Ответ"], "chat", "pass"),
    (["B: Вопрос", "@61 A: Ответ"], "chat", "fail"),
    (["B: Вопрос", "@30 B: Ау", "@70 A: Ответ"], "chat", "fail"),
    (["A: Здравствуйте", "@300 B: Вопрос"], "chat", "na"),
    (["B: Вопрос", "@3600 A: Ответ"], "email", "pass"),
    (["B: Вопрос", "@3601 A: Ответ"], "email", "fail"),
    (["B: Вопрос"], "chat", "na"),
    (["B: Вопрос", "@5 A: Ответ"], "phone", "na"),
]


@pytest.mark.parametrize(("lines", "channel", "expected"), FIRST_RESPONSES)
def test_the_first_answer_has_a_limit(lines: list[str], channel: str, expected: str) -> None:
    assert verdict("first_response", talk(*lines, channel=channel)) == expected


def test_the_limit_of_the_first_answer_is_a_parameter() -> None:
    late = talk("B: Вопрос", "@40 A: Ответ")
    outcome = run("first_response", late, limits={"chat": 30})
    assert (outcome.verdict, outcome.facts["wait"], outcome.facts["limit"]) == ("fail", 40, 30)
    assert outcome.evidence[0].seq == 2


GAPS = [
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А как?", "@140 A: Так"], "pass"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А как?", "@141 A: Так"], "partial"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А как?", "@272 A: Так"], "fail"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@145 A: Б", "@150 B: В?", "@300 A: Г"], "fail"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@30 A: Одну минуту, уточню", "@205 A: Готово"], "pass"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@30 A: Уточню за 5 минут", "@440 A: Готово"], "pass"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@30 A: Уточню за 5 минут", "@460 A: Готово"], "partial"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@30 A: Please hold for 2 minutes", "@260 A: Done"], "pass"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: Спасибо!", "@500 A: До свидания"], "na"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: Спасибо, а когда?", "@500 A: Завтра"], "fail"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: Ок, жду", "@500 A: Готово"], "na"),
    (["B: Вопрос", "@10 A: Ответ", "@20 B: Так что с займом?"], "pass"),
    (["B: Вопрос", "@500 A: Ответ"], "na"),
]


@pytest.mark.parametrize(("lines", "expected"), GAPS)
def test_silence_has_a_limit(lines: list[str], expected: str) -> None:
    assert verdict("gaps", talk(*lines)) == expected


def test_a_question_left_without_an_answer_is_a_pause_too() -> None:
    assert verdict("gaps", talk("B: Вопрос", "@10 A: Ответ", "@20 B: Так что с займом?", ended=600)) == "fail"


def test_letters_have_no_limit_of_silence() -> None:
    assert verdict("gaps", talk("B: Вопрос", "@10 A: Ответ", "@20 B: А?", "@9999 A: Б", channel="email")) == "na"


def test_a_pause_is_evidence_before_the_answer_it_ended_with() -> None:
    outcome = run("gaps", talk("B: Вопрос", "@10 A: Ответ", "@20 B: А как?", "@272 A: Так"))
    assert outcome.facts == {"limit": 120, "wait": 252, "pauses": [{"seq": 4, "wait": 252}]}
    assert [(span.seq, span.start, span.end) for span in outcome.evidence] == [(4, 0, 0)]


def test_the_rare_form_of_a_name_is_recognised_by_all_its_lemmas() -> None:
    assert "анна" in lemmas("анне")


def test_shown_text_keeps_every_character_in_its_place() -> None:
    text = f"Карта {SPACED}, СНИЛС 112-233-445 95"
    hidden = hide_personal_data(text)
    assert len(hidden) == len(text)
    assert CARD[-4:] in hidden and CARD[:4] not in hidden and "112" not in hidden
    assert hide_personal_data("Договор № 24-118406") == "Договор № 24-118406"


def test_folding_never_moves_a_character() -> None:
    for text in ("Ёлка", "İstanbul", "ßẞ", "ΑΣ", "«Ты»", "\u00a0’–—"):
        assert len(wording.fold(text)) == len(text)


NO_PLACE = {"not_named", "topic_not_set"}  # what is missing everywhere or beside the talk
WORDS = st.sampled_from(
    [
        *("Здравствуйте", "ты", "меня зовут Елена", "Анна", "CVV", CARD, "!!!", "КРИК", "«", "»", '"', "\n", "> ", "İ"),
        *(
            "🙂",
            "\ud800",
            "\udfff",
            "t.me/x",
            "незнаю",
            "жалоба",
            "сообщу до 18:00",
            "через час",
            "ваш долг 500 ₽",
            "как?",
            "вы должны",
            "гарантируем одобрение",
            "назовите код из смс",
            "до свидания",
            "ещё вопросы",
        ),
        *("ИНН 7707083893", "45 08 123456", "минуту", "?", "e\u0301"),
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=12).map(" ".join))
CHANNELS = st.sampled_from(["chat", "email", "phone"])
LINES = st.lists(st.tuples(st.sampled_from(list(Side)), TEXTS, st.floats(0, 9999)), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lines=LINES, channel=st.sampled_from(["chat", "email", "phone"]), name=st.sampled_from(["Анна", "", "Ян", "John"])
)
def test_every_check_answers_and_its_evidence_lies_inside_the_text(
    lines: list[tuple[Side, str, float]], channel: str, name: str
) -> None:
    ordered = sorted(lines, key=lambda line: line[2])
    messages = tuple(
        Message(seq=seq, side=side, author_id=side, author_name="Елена Воронова", text=text, at=at)
        for seq, (side, text, at) in enumerate(ordered, start=1)
    )
    lengths = {message.seq: len(message.text) for message in messages}
    transcript = Transcript(channel=channel, messages=messages, borrower_name=name, ended_at=10_000)
    for check in CHECKS.values():
        outcome = check.run(transcript, {})
        assert all(0 <= span.start <= span.end <= lengths[span.seq] for span in outcome.evidence)
        assert outcome.evidence or outcome.verdict in {"pass", "na"} or outcome.reason in NO_PLACE


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_personal_data_is_found_apart_and_inside_the_text(text: str) -> None:
    found = find_personal_data(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert all(left[2] <= right[1] for left, right in itertools.pairwise(found))


HARD_TEXTS = [
    "«" * MAX_LENGTH,
    '"' * MAX_LENGTH,
    " " * MAX_LENGTH,
    "1 " * (MAX_LENGTH // 2),
    "а" * MAX_LENGTH,
    "не " * (MAX_LENGTH // 3),
    "вы, " * (MAX_LENGTH // 4),
    "сообщите мне " * (MAX_LENGTH // 13),
    "a." * (MAX_LENGTH // 2),
    "http://" * (MAX_LENGTH // 7),
    "я же " * (MAX_LENGTH // 5),
    "ИНН " * (MAX_LENGTH // 4),
    "Анна " * (MAX_LENGTH // 5),
    "А" * MAX_LENGTH,
    "!" * MAX_LENGTH,
    "если у вас еще возникнут " * (MAX_LENGTH // 25),
    "have a very " * (MAX_LENGTH // 12),
    "вы должны " * (MAX_LENGTH // 10),
    "сообщу в течение часа " * (MAX_LENGTH // 22),
    "ваш долг 5 000 ₽ " * (MAX_LENGTH // 17),
    "превет " * (MAX_LENGTH // 7),
    "ааббввгг" * (MAX_LENGTH // 8),
    "когда? " * (MAX_LENGTH // 7),
    "1.2.3." * (MAX_LENGTH // 6),
    "жалоба № " * (MAX_LENGTH // 9),
]


@pytest.mark.parametrize("text", HARD_TEXTS, ids=[text[:12] for text in HARD_TEXTS])
def test_no_text_costs_a_check_more_than_its_length(text: str) -> None:
    for code in CHECKS:
        half, whole = processor_time(code, text[: len(text) // 2]), processor_time(code, text)
        assert whole < 3 * half + NOISE, f"{code}: {half:.4f} s for half of the text, {whole:.4f} s for all of it"


NOISE = 0.03  # seconds of processor time: less is no measure of anything; a text twice as long costs 4 x if quadratic


def processor_time(code: str, text: str) -> float:
    """Seconds the check takes once its dictionaries are read: the best of three, for others use the machine too."""
    transcript, seconds = talk(f"B: {text}", f"A: {text}"), []
    for _ in range(3):
        started = time.process_time()
        CHECKS[code].run(transcript, {})
        seconds.append(time.process_time() - started)
    return min(seconds)


def test_a_message_is_looked_at_up_to_its_limit() -> None:
    message = talk("B: Вопрос", "A: " + "а" * 50_000).messages[1]
    assert len(message.text) == MAX_LENGTH


def test_a_usual_conversation_is_checked_within_ten_milliseconds() -> None:
    lines = [
        "B: Здравствуйте, подскажите, пожалуйста, когда придёт перевод по займу и почему нет письма?",
        "A: Анна, добрый день! Меня зовут Елена. Перевод приходит в течение часа, сейчас уточню по вашему займу.",
    ]
    transcripts = [talk(*lines * 15) for _ in range(20)]
    for check in CHECKS.values():
        check.run(transcripts[0], {})
    took = []
    for transcript in transcripts:
        started = time.process_time()
        for check in CHECKS.values():
            check.run(transcript, {})
        took.append(time.process_time() - started)
    assert min(took) < 0.010  # what runs beside this takes processor time too, but not from all twenty


def test_every_check_is_described_with_what_it_cannot_see() -> None:
    document = (Path(__file__).resolve().parent.parent / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = [line for line in document.splitlines() if re.match(r"\| \d+ \|", line)]
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row.split("|")[2])} == CHECKS.keys()
    assert [int(row.split("|")[1]) for row in rows] == list(range(1, 25))
    assert all(len(row.split("|")) == 7 for row in rows)
