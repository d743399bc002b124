"""Checks that need more than one message: questions, feelings, promises, complaints, identity; and spelling and style.

Each row is what was said, the verdict, and the words the verdict rests on.
"""

from dataclasses import replace
from typing import Any

import pytest

from quality.rules.acts import APOLOGY, CLOSING, EMPATHY, GREETING, THANKS
from quality.rules.aids import Aids
from quality.rules.engine import judge
from quality.rules.proof import Switch
from quality.rules.spelling import misspelt_in, suggestion
from quality.rules.standards import SectionText, default_standard
from quality.rules.transcript import Fact, Side, Step
from quality.rules.wording import fold, lexicon, sentences
from tests.test_checks import CARD
from tests.transcripts import evidence, run, said, talk, verdict

ACTS = [
    (THANKS, "Спасибо большое!", "спасибо"),
    (THANKS, "благодарю вас", "благодарю"),
    (THANKS, "Пасиб, всё ясно", "пасиб"),
    (THANKS, "Thanks a lot", "thanks"),
    (THANKS, "We appreciate your patience", "we appreciate your"),
    (THANKS, "Благодаря продлению платёж ниже", ""),
    (THANKS, "Неблагодарное дело", ""),
    (GREETING, "Доброго дня!", "доброго дня"),
    (GREETING, "Привет, подскажите", "привет"),
    (GREETING, "Всего доброго!", ""),
    (GREETING, "Передайте привет коллегам", ""),
    (GREETING, "Он добрый человек", ""),
    (APOLOGY, "Приношу извинения", "приношу извинения"),
    (APOLOGY, "Извините за ожидание", "извините"),
    (APOLOGY, "Прошу прощения, задержалась", "прошу прощения"),
    (APOLOGY, "We apologize for the delay", "apologize"),
    (APOLOGY, "I'm so sorry about this", "i'm so sorry"),
    (APOLOGY, "Извините, не подскажете номер договора?", ""),
    (APOLOGY, "Это просто вопрос", ""),
    (EMPATHY, "Понимаю ваше беспокойство", "понимаю"),
    (EMPATHY, "Очень жаль, что так вышло", "очень жаль"),
    (EMPATHY, "I understand how upsetting this is", "i understand how"),
    (EMPATHY, "Понимаю вопрос, смотрю", ""),
    (CLOSING, "До свидания", "до свидания"),
    (CLOSING, "Обращайтесь!", "обращайтесь"),
    (CLOSING, "Не обращайтесь в другие компании", ""),
    (CLOSING, "Пока заявка в работе", ""),
]

SPELLING = [
    ("Ваш платеш прошёл, задолжность погашена", "fail", ["платеш", "задолжность"]),
    ("Здраствуйте, незнаю когда придёт ответ", "fail", ["Здраствуйте", "незнаю"]),
    ("Комисия не взимается вобщем", "fail", ["Комисия", "вобщем"]),
    ("Процентов нет потомучто займ закрыт, расчитайте срок", "fail", ["потомучто", "расчитайте"]),
    ("Ваша заявака принята", "pass", ["заявака"]),
    ("Ваш платёж прошёл, задолженность погашена", "pass", []),
    ("Елена Воронова передала Кызылбаева коллегам", "pass", []),
    ("Займ, пролонгация и смс в порядке, автоплатёж включён", "pass", []),
    ("Вы писали: «здраствуйте, незнаю»", "pass", []),
    ("Файл zayavka_2026.pdf на my.lad.example", "pass", []),
    ("ПСКНБКИ и ЕСПДМ", "pass", []),
    ("Your paymnet was recieved", "fail", ["paymnet", "recieved"]),
    ("I will chek it tommorow", "fail", ["chek", "tommorow"]),
    ("Your payment was received", "pass", []),
    ("The screenshot came by e-mail", "pass", []),
]

STYLE = [
    ("Минуточку, гляну", "partial", ["Минуточку"]),
    ("Щас скиньте скрин", "fail", ["Щас", "скиньте"]),
    ("Ок, норм", "fail", ["Ок", "норм"]),
    ("Сейчас посмотрю, одну минуту", "pass", []),
    ("Пришлите, пожалуйста, снимок экрана", "pass", []),
    ("Yeah, gonna check", "fail", ["Yeah", "gonna"]),
    ("Yes, I am going to check", "pass", []),
    ("Пока платёж в обработке, окно не закрывайте", "pass", []),
    ("Вы писали «щас оплачу», но платежа нет", "pass", []),
]

REFUSALS = [
    ("Мы не можем отменить платёж.", "partial", ["Мы не можем"]),
    ("Это невозможно. Не положено.", "fail", ["невозможно", "Не положено"]),
    ("Мы не можем отменить платёж, но вернём его за 3 дня.", "pass", []),
    ("Отменить нельзя. Могу предложить перенос даты.", "pass", []),
    ("Я не знаю", "partial", ["Я не знаю"]),
    ("Я не знаю, уточню и вернусь с ответом", "pass", []),
    ("Вы должны заплатить сегодня.", "partial", ["Вы должны"]),
    ("Вы не должны платить дважды.", "pass", []),
    ("Вы обязаны прислать справку", "partial", ["Вы обязаны"]),
    ("Такая услуга не предусмотрена", "partial", ["не предусмотрена"]),
    ("Такая услуга не предусмотрена. Вы можете продлить займ в кабинете.", "pass", []),
    ("We cannot cancel it.", "partial", ["We cannot"]),
    ("We cannot cancel it, but we can refund it.", "pass", []),
    ("You must wait.", "partial", ["You must"]),
    ("It's not possible. Let me check another way.", "pass", []),
    ("Можно продлить сегодня", "pass", []),
    ("«Нельзя» — так написано в письме банка", "pass", []),
    ("Доллар 3.5 не меняется", "pass", []),
    ("Быстрее не получится: срок зависит от банка. Могу отправить вам письмо с подтверждением.", "pass", []),
    ("Быстрее не получится. Не могу отправить письмо.", "fail", ["не получится", "Не могу"]),
    ("Приносим извинения: такое количество звонков недопустимо.", "pass", []),
    ("Это недопустимо.", "partial", ["недопустимо"]),
]

EMPATHY_TALKS = [
    (["B: Вы издеваетесь? Жду час", "A: Сейчас проверю платёж"], "fail", "издеваетесь"),
    (["B: Вы издеваетесь? Жду час", "A: Извините за ожидание, проверяю"], "pass", "Извините"),
    (["B: Буду жаловаться в ЦБ", "A: Понимаю ваше возмущение"], "pass", "Понимаю"),
    (["B: Я три дня жду! Вы вообще работаете там?", "A: Проверяю"], "fail", "три дня жду"),
    (["B: Как так?!", "A: Мне жаль, что так вышло"], "pass", "жаль"),
    (["B: Это было три дня назад, подожду ещё", "A: Хорошо"], "na", ""),
    (["B: That is illegal", "A: Pay today"], "fail", "That is illegal"),
    (["B: Это безобразие", "A: Минуту", "A: Приношу извинения"], "pass", "Приношу извинения"),
    (["A: Извините за паузу", "B: Это возмутительно!", "A: Проверила: платёж прошёл"], "fail", "возмутительно"),
    (["B: Как продлить займ?", "A: В кабинете"], "na", ""),
    (["B: Я не жалуюсь, просто спрашиваю", "A: В кабинете"], "na", ""),
    (["B: This is unacceptable", "A: Let me check"], "fail", "unacceptable"),
    (["B: This is unacceptable", "A: I'm very sorry about that"], "pass", "I'm very sorry"),
    (["B: Спасибо! Вот «издеваетесь» было лишним", "A: Хорошо"], "na", ""),
    (["B: Подам в суд", "A: Подавайте"], "fail", "Подам в суд"),
    (["B: Ответили, а потом: это кошмар"], "na", "кошмар"),
    (["B: Боюсь, что подадите в суд", "A: Проверю договор"], "na", ""),
    (["B: Will you sue me?", "A: Let me check"], "na", ""),
]

QUESTIONS = [
    (["B: Когда придёт перевод?", "A: Перевод придёт в течение часа"], "pass", []),
    (["B: Когда придёт перевод?", "A: Здравствуйте! Одну минуту, уточню"], "fail", ["Когда придёт перевод?"]),
    (["B: Когда придёт перевод?"], "fail", ["Когда придёт перевод?"]),
    (["B: Когда придёт перевод?", "A: Минуту", "A: Перевод придёт до вечера"], "pass", []),
    (["B: Когда придёт перевод?", "A: Одну минуту", "B: жду", "A: Перевод придёт до вечера"], "pass", []),
    (
        [
            "B: Когда придёт мой перевод на карту?",
            "A: Займ открыт, всё верно",
            "B: Так когда придёт мой перевод на карту?",
            "A: Сегодня до вечера придёт",
        ],
        "fail",
        ["Когда придёт мой перевод на карту?"],
    ),
    (["B: Какая вы умница!", "A: Спасибо"], "na", []),
    (["B: Подскажите как продлить займ", "A: Хорошего дня!"], "fail", ["Подскажите как продлить займ"]),
    (["B: Вы тут?", "A: Да"], "na", []),
    (["B: Спасибо, понятно", "A: Хорошего дня!"], "na", []),
    (["B: Сколько платить? И до какого числа?", "A: Платёж указан в кабинете, срок до пятницы"], "pass", []),
    (["B: How much do I owe?", "A: The sum is shown in your account"], "pass", []),
    (["B: How much do I owe?", "A: Hello! One moment please"], "fail", ["How much do I owe?"]),
    (["B: Можно вопрос?", "A: Конечно"], "na", []),
    (["B: Ставка 0.8 % в день", "A: Верно"], "na", []),
    (
        [
            "B: А комиссия есть? И когда зачислится?",
            "A: Комиссия с карты никогда не берётся",
            "B: а зачислится когда?",
            "A: За 15 минут",
        ],
        "fail",
        ["И когда зачислится?"],
    ),
    (
        [
            "B: Когда зачислится?",
            "A: Деньги придут в тот же день",
            "B: А комиссия когда берётся?",
            "A: Комиссия с карты никогда не берётся",
        ],
        "pass",
        [],
    ),
    (
        [
            "B: Почему сумма выросла?",
            "A: Чтобы оплатить, нажмите кнопку в кабинете",
            "B: я не про оплату спрашиваю",
            "A: За 15 дней начислены проценты",
        ],
        "fail",
        ["Почему сумма выросла?"],
    ),
    (
        [
            "B: Is there a fee?",
            "A: You can pay by card or transfer",
            "B: That is not what I asked",
            "A: There is no fee",
        ],
        "fail",
        ["Is there a fee?"],
    ),
    (["B: Что мне делать?", "A: Заплатите, или приедем к вам домой с коллекторами"], "fail", ["Что мне делать?"]),
    (["B: What happens now?", "A: Pay today or we will call your employer"], "fail", ["What happens now?"]),
    (["B: Одобрят ли мне займ?", "A: Гарантируем одобрение всем клиентам сразу"], "pass", []),
    (
        [
            "@0 B: Когда зачислят?",
            "@40 A: Уточню в бухгалтерии и вернусь через 5 минут",
            "@900 B: ну что там",
            "@950 A: Зачислят в течение трёх дней",
        ],
        "fail",
        ["Когда зачислят?"],
    ),
    (
        [
            "@0 B: Когда зачислят?",
            "@20 A: Уточню в бухгалтерии",
            "@50 B: вы тут?",
            "@70 A: Зачислят в течение трёх дней",
        ],
        "pass",
        [],
    ),
    (
        ["B: When will I get it?", "A: Wait please", "B: When will the refund come?", "A: It comes within five days"],
        "fail",
        ["When will I get it?"],
    ),
    (
        [
            "B: Прошу продлить займ",
            "A: Пени начислены правомерно",
            "B: А почему мне не сказали?",
            "A: Пени начислены правомерно",
        ],
        "fail",
        ["А почему мне не сказали?"],
    ),
    (
        ["B: Сколько дней?", "A: Пять рабочих дней", "B: Значит, пять рабочих дней?", "A: Да, пять рабочих дней"],
        "pass",
        [],
    ),
    (["B: Пришлите, пожалуйста, справку", "A: Хорошего дня!"], "fail", ["Пришлите, пожалуйста, справку"]),
    (["B: Пришлите, пожалуйста, справку", "A: Отправила"], "pass", []),
    (["B: Please send me the contract", "A: Have a nice day"], "fail", ["Please send me the contract"]),
    (["B: Спасибо, что прислали справку", "A: Хорошего дня!"], "na", []),
]

DISCLOSURES = [
    ("Ваш долг составляет 12 300 рублей", "fail", ["12 300 рублей"]),
    ("Сумма к оплате по вашему займу: 3 200 ₽", "fail", ["3 200 ₽"]),
    ("Следующий платёж 5 декабря", "fail", ["5 декабря"]),
    ("Договор № 24-118406 открыт", "fail", ["24-118406"]),
    ("Остаток на сегодня 8 450,50 руб.", "fail", ["8 450,50 руб"]),
    ("Your outstanding balance is 4 500 rub", "fail", ["4 500 rub"]),
    ("Первый займ до 15 000 рублей выдаём под 0 %", "na", []),
    ("По тарифу платёж от 500 рублей в неделю", "na", []),
    ("Комиссия за перевод 100 рублей", "na", []),
    ("Сумма показана в кабинете", "na", []),
    ("Ответим до 18:00", "na", []),
    ("Звоните 8 800 000-00-00", "na", []),
    ("Для полного закрытия нужно 12 640 ₽", "fail", ["12 640 ₽"]),
    ("Можно оплатить проценты 1 920 ₽ и продлить займ", "fail", ["1 920 ₽"]),
    ("Важно, чтобы поступила вся сумма 6 400 ₽", "fail", ["6 400 ₽"]),
    ("Вижу два списания по 3 500 ₽", "fail", ["3 500 ₽"]),
    ("Платёж 3 октября поступил в срок", "fail", ["3 октября"]),
    ("Today it is 8,256 rub", "fail", ["8,256 rub"]),
    ("I see two charges of 2,500 rub", "fail", ["2,500 rub"]),
    ("The payment came on 18 November", "fail", ["18 November"]),
    ("Проценты начисляются каждый день до возврата", "na", []),
    ("Interest is charged every day", "na", []),
    ("Осталось внести 3 100 ₽", "fail", ["3 100 ₽"]),
    ("The balance is now 5,200 ₽", "fail", ["5,200 ₽"]),
    ("To pay off the loan you need 4 300 ₽", "fail", ["4 300 ₽"]),
    ("Внести можно любую сумму, например 1 000 ₽", "na", []),
    ("Справка о закрытии бесплатна, курьер стоит 300 ₽", "na", []),
    ("Погашение без комиссии: минимум 500 ₽ за раз, по тарифу", "na", []),
]

PROMISES = [
    (["B: Где?", "A: Сообщу в течение 10 минут", "@400 A: Платёж найден и зачислен"], "pass"),
    (["B: Где?", "A: Сообщу в течение 10 минут", "@50 A: Платёж найден, зачислили его"], "pass"),
    (["B: Где?", "A: Сообщу в течение 10 минут", "@1400 A: Платёж найден и зачислен"], "unsure"),
    (["B: Где?", "A: Сообщу в течение 10 минут"], "unsure"),
    (["B: Где?", "A: Уточню и вернусь через 5 минут", "A: Пожалуйста, ожидайте"], "unsure"),
    (["B: Где?", "A: Перезвоним завтра до 12:00"], "unsure"),
    (["B: Где?", "A: Отправлю справку в течение часа", "@900 A: Справку отправила на почту"], "pass"),
    (["B: Где?", "A: Сообщим, если платёж придёт в течение часа"], "na"),
    (["B: Где?", "A: Платёж виден в кабинете"], "na"),
    (["B: Where?", "A: I will let you know within 10 minutes", "@400 A: The payment has arrived today"], "pass"),
    (["B: Where?", "A: We'll call you tomorrow"], "unsure"),
    (["B: Где?", "A: Напишу до 15:30", "@3000 A: Платёж найден и зачислен"], "pass"),
]

COMPLAINTS = [
    (
        [
            "B: Хочу подать жалобу на списание",
            "A: Приношу извинения. Жалоба зарегистрирована под № 24-1181, ответим в течение 3 рабочих дней, "
            "передала её руководителю",
        ],
        "pass",
        [],
    ),
    (["B: Хочу подать жалобу на списание", "A: Приношу извинения"], "fail", ["number", "term", "result"]),
    (["B: Хочу подать жалобу на списание", "A: Хорошо"], "fail", ["apology", "number", "term", "result"]),
    (["B: Как продлить займ?", "A: В кабинете"], "na", None),
    (["B: Это безобразие", "A: Проверю"], "unsure", ["apology", "number", "term", "result"]),
    (
        [
            "B: I want to make a complaint",
            "A: I am sorry. Your complaint number is 24-118, I have forwarded it, you will get an answer within 3 days",
        ],
        "pass",
        [],
    ),
    (
        ["B: Это жалоба на списание", "A: Извините. Жалоба № 24-11812. Деньги не вернём, ответим в течение 3 дней"],
        "partial",
        ["result"],
    ),
    (["B: Боюсь, что подадите в суд", "A: Проверю"], "na", None),
]


@pytest.mark.parametrize(("act", "text", "expected"), ACTS)
def test_an_act_is_heard_in_its_words_and_not_in_others(act: Any, text: str, expected: str) -> None:
    match = act.search(fold(text))
    assert (match.group() if match else "") == expected


@pytest.mark.parametrize(("text", "expected", "words"), SPELLING)
def test_misspelt_words_are_seen(text: str, expected: str, words: list[str]) -> None:
    transcript = talk("B: Вопрос", f"A: {text}")
    assert verdict("spelling", transcript) == expected
    assert evidence("spelling", transcript) == words


def test_a_mistake_is_told_with_the_word_that_was_meant() -> None:
    assert suggestion("сообщенние") == "сообщение"
    assert [suggestion(word) for word in ("оооочень", "незнаю", "чтото", "вобщем")] == [
        "очень",
        "не знаю",
        "что-то",
        "в общем",
    ]
    facts = run("spelling", talk("B: Вопрос", "A: Вобщем, незнаю")).facts
    assert facts["phrases"] == [{"words": "Вобщем", "better": "в общем"}, {"words": "незнаю", "better": "не знаю"}]


def test_names_and_terms_are_possible_mistakes_only() -> None:
    found = {one.word: one.is_sure for one in misspelt_in("ставка фугармина", "ставка фугармина")}
    assert found == {"фугармина": False}


@pytest.mark.parametrize(("text", "expected", "words"), STYLE)
def test_slang_and_diminutives_are_seen(text: str, expected: str, words: list[str]) -> None:
    transcript = talk("B: Вопрос", f"A: {text}")
    assert verdict("business_style", transcript) == expected
    assert evidence("business_style", transcript) == words


@pytest.mark.parametrize(("text", "expected", "words"), REFUSALS)
def test_a_refusal_needs_a_way_out(text: str, expected: str, words: list[str]) -> None:
    transcript = talk("B: Вопрос", f"A: {text}")
    assert verdict("negative_wording", transcript) == expected
    assert evidence("negative_wording", transcript) == words


@pytest.mark.parametrize(("lines", "expected", "words"), EMPATHY_TALKS)
def test_discontent_is_met_with_feeling(lines: list[str], expected: str, words: str) -> None:
    transcript = talk(*lines)
    assert verdict("empathy", transcript) == expected
    assert not words or words in " ".join(evidence("empathy", transcript))


class Model:
    """A judge that believes in one word."""

    def __init__(self, word: str, probability: float = 0.95) -> None:
        self.word, self.sure = word, probability

    def probability(self, text: str) -> float:
        return self.sure if self.word in text else 0.01

    def explain(self, text: str) -> list[tuple[str, float]]:
        return [(self.word, 2.0)]

    def ranked(self, text: str) -> list[tuple[str, float]]:
        return [(self.word, self.sure), ("payments", 0.02)]


def test_what_only_the_model_sees_is_for_a_person_to_decide() -> None:
    lines = ["B: Третий раз пишу про одно и то же", "A: Платёж прошёл"]
    assert verdict("empathy", talk(*lines)) == "na"
    seen = run("empathy", talk(*lines, aids=Aids(negativity=Model("Третий"))))
    assert (seen.verdict, seen.facts["weighed"], seen.facts["probability"]) == ("unsure", ["Третий"], 0.95)
    complaint = talk(*lines, aids=Aids(complaint=Model("Третий")))
    assert verdict("complaint", complaint) == "unsure"


@pytest.mark.parametrize(("lines", "expected", "words"), QUESTIONS)
def test_every_question_wants_an_answer(lines: list[str], expected: str, words: list[str]) -> None:
    transcript = talk(*lines)
    assert verdict("questions", transcript) == expected
    assert evidence("questions", transcript)[:1] == words


def test_a_question_only_the_model_sees_is_for_a_person_to_decide() -> None:
    lines = ["B: интересует дата списания", "A: Здравствуйте!"]
    assert verdict("questions", talk(*lines)) == "na"
    assert verdict("questions", talk(*lines, aids=Aids(question=Model("интересует")))) == "unsure"


@pytest.mark.parametrize(("text", "expected", "words"), DISCLOSURES)
def test_what_belongs_to_a_loan_is_told_to_its_borrower_only(text: str, expected: str, words: list[str]) -> None:
    stranger = talk("B: Вопрос", f"A: {text}")
    assert verdict("identification", stranger) == expected
    assert evidence("identification", stranger) == words
    if expected == "fail":
        assert verdict("identification", replace(stranger, identified_from=0)) == "pass"
        assert verdict("identification", replace(stranger, identified_from=3)) == "fail"


def test_identity_may_be_asked_for_in_words() -> None:
    asked = talk(
        "B: Сколько?",
        "A: Назовите, пожалуйста, ФИО и дату рождения",
        "B: Ковалёва Анна, 01.02.1990",
        "A: Ваш долг 5 000 ₽",
    )
    assert verdict("identification", asked) == "pass"
    silent = talk("B: Сколько?", "A: Назовите, пожалуйста, ФИО", "B: зачем", "A: Ваш долг 5 000 ₽")
    assert verdict("identification", silent) == "fail"


def test_what_the_borrower_wrote_first_is_not_disclosed() -> None:
    assert verdict("identification", talk("B: Договор № 24-118406", "A: Договор № 24-118406 вижу")) == "na"


def test_what_the_borrower_sent_of_personal_data_is_for_a_person_to_remove() -> None:
    sent = talk(f"B: Моя карта {CARD}", "A: Спасибо")
    assert verdict("borrower_personal_data", sent) == "unsure"
    assert evidence("borrower_personal_data", sent) == [CARD]
    assert verdict("borrower_personal_data", talk("B: Займ 24-118406", "A: Спасибо")) == "pass"


LONG = "Займ можно продлить в личном кабинете, раздел «Мой займ», кнопка «Продлить»."


def test_the_same_answer_twice_is_seen() -> None:
    twice = talk("B: Как?", f"A: {LONG}", "B: Не вижу", f"A: {LONG.replace('кабинете', 'кабинете,')}")
    assert verdict("template_overuse", twice) == "fail"
    assert len(evidence("template_overuse", twice)) == 2
    assert verdict("template_overuse", talk("B: Как?", f"A: {LONG}", "B: Ясно", "A: Рада помочь!")) == "pass"
    assert verdict("template_overuse", talk("B: Как?", "A: Одну минуту", "B: Ок", "A: Одну минуту")) == "pass"
    assert verdict("template_overuse", talk("B: Как?", f"A: {LONG}")) == "na"


def test_prepared_answers_alone_are_too_little_when_the_borrower_asks_again() -> None:
    prepared = Aids(prepared=frozenset(fold(LONG)[start:end].strip() for start, end in sentences(fold(LONG))))
    lines = ["B: Как мне продлить займ сегодня?", f"A: {LONG}", "B: Так как мне продлить займ сегодня?", "A: Да."]
    assert verdict("template_overuse", talk(*lines, aids=prepared)) == "fail"
    assert verdict("template_overuse", talk(*lines)) == "pass"


@pytest.mark.parametrize(("topic", "expected"), [(None, "na"), ("", "fail"), ("payments", "pass")])
def test_a_conversation_has_its_topic(topic: str | None, expected: str) -> None:
    assert verdict("topic", talk("B: Где платёж?", "A: Вижу", topic=topic)) == expected


def test_a_topic_the_model_is_sure_against_is_doubted() -> None:
    doubted = talk("B: Верните страховку", "A: Вижу", topic="documents", aids=Aids(topic=Model("insurance")))
    outcome = run("topic", doubted)
    assert (outcome.verdict, outcome.facts["likely"]) == ("unsure", "insurance")
    among_three = replace(doubted, topic="payments")
    assert verdict("topic", among_three) == "pass"


@pytest.mark.parametrize(("lines", "expected"), PROMISES)
def test_what_was_promised_until_a_moment_came(lines: list[str], expected: str) -> None:
    assert verdict("promise", talk(*lines)) == expected


def test_a_deed_of_the_desk_keeps_a_promise_too() -> None:
    lines = ["B: Помогите", "A: Передам вопрос старшему в течение 10 минут"]
    deed = Fact(seq=3, kind="transferred", at=120, by=Side.STAFF)
    assert verdict("promise", talk(*lines, facts=(deed,))) == "pass"
    assert verdict("promise", talk(*lines, facts=(replace(deed, at=3000),))) == "unsure"


@pytest.mark.parametrize(("lines", "expected", "missing"), COMPLAINTS)
def test_a_complaint_goes_its_way(lines: list[str], expected: str, missing: list[str] | None) -> None:
    outcome = run("complaint", talk(*lines))
    assert (outcome.verdict, outcome.facts.get("missing")) == (expected, missing)


def test_steps_of_the_complaints_scenario_are_asked_for() -> None:
    step = Step("Записать, о чём жалоба", "Write down what it is about", is_done=False)
    talked = talk(*COMPLAINTS[0][0], topic="appeal", is_complaint=True, scenario=(step,))
    left = run("complaint", talked)
    assert (left.verdict, left.facts["missing"]) == ("partial", ["Записать, о чём жалоба"])
    assert verdict("complaint", replace(talked, scenario=(replace(step, is_done=True),))) == "pass"


def test_a_complaint_in_words_is_heard_after_words_of_anger_and_annoyance_is_none() -> None:
    assert verdict("complaint", talk("B: Безобразие!", "A: Ждите", "B: Подам жалобу", "A: Хорошо")) == "fail"
    assert verdict("complaint", talk("B: Безобразие!", "A: Ждите")) == "unsure"
    assert verdict("complaint", talk("B: Вы не ответили", "A: Проверяю платёж")) == "na"
    assert verdict("complaint", talk("B: You did not answer me", "A: Checking")) == "na"


def test_one_slip_of_style_is_half_a_failure_and_two_settle_the_criterion() -> None:
    literacy = next(one for one in default_standard().criteria if one.code == "literacy")
    proved = {check["code"]: Switch(is_proved=True) for check in literacy.checks}
    text = replace(default_standard(), sections=(SectionText("Общение", "Tone", criteria=(literacy,)),))

    def answer(said: str) -> str | None:
        return judge(text, talk("B: Вопрос", f"A: {said}"), proved).answers[0]

    assert answer("Платёж зачислен") == "pass"
    assert answer("Платёж зачислен!!") == "partial"
    assert answer("Щас гляну, скиньте скрин, не парьтесь") == "fail"
    assert answer("lol, u can pay today") == "fail"


def test_a_topic_is_a_complaint_by_its_property_and_not_by_its_code() -> None:
    calm = ("B: Когда ответ?", "A: Добрый день! Ответ придёт завтра до 18:00.")
    assert verdict("complaint", talk(*calm, topic="complaint")) == "na"
    assert verdict("complaint", talk(*calm, topic="appeal", is_complaint=True)) == "fail"
    assert verdict("complaint", talk(*calm, topic="appeal"), topics=["appeal"]) == "fail"


def test_a_talk_that_goes_on_needs_no_greeting_and_letters_the_borrower_closed_no_offer() -> None:
    lines = ["B: Ещё вопрос", "A: Вижу ваш займ"]
    assert verdict("greeting", talk(*lines)) == "fail"
    assert verdict("greeting", talk(*lines, goes_on=True)) == "na"
    closed = Fact(seq=3, kind="closed", at=50, by=Side.BORROWER)
    assert verdict("further_help", talk(*lines, channel="email", facts=(closed,))) == "na"
    assert verdict("further_help", talk(*lines, channel="email")) == "fail"


def test_dismissal_is_no_goodbye_and_is_forbidden() -> None:
    assert said("closing", "Разговор окончен") == "fail"
    assert said("forbidden_wording", "Разговор окончен") == "fail"


TRIGGERS = [(phrase, text) for phrase in lexicon("discontent").phrases for text in phrase.must_match]
CALM = [text for phrase in lexicon("discontent").phrases for text in phrase.must_not_match]
REFUSED = [text for phrase in lexicon("negative_wording").phrases for text in phrase.must_match]
ALLOWED = [text for phrase in lexicon("negative_wording").phrases for text in phrase.must_not_match]


@pytest.mark.parametrize(("phrase", "text"), TRIGGERS)
def test_every_word_of_discontent_is_heard_in_its_examples(phrase: Any, text: str) -> None:
    assert phrase.found_in(fold(text))
    assert verdict("empathy", talk(f"B: {text}", "A: Вот")) == "fail"


@pytest.mark.parametrize("text", CALM)
def test_no_word_of_discontent_is_heard_in_calm_words(text: str) -> None:
    assert verdict("empathy", talk(f"B: {text}", "A: Вот")) == "na"


@pytest.mark.parametrize("text", REFUSED)
def test_every_refusal_is_heard_in_its_examples(text: str) -> None:
    assert said("negative_wording", text) in {"partial", "fail"}


@pytest.mark.parametrize("text", ALLOWED)
def test_no_refusal_is_heard_where_there_is_none(text: str) -> None:
    assert said("negative_wording", text) == "pass"


def test_a_phone_number_is_personal_data_when_the_standard_says_so() -> None:
    mobile = talk("B: Вопрос", "A: Ваш телефон +7 916 123-45-67, наша линия 8 800 000-00-00")
    assert verdict("personal_data", mobile) == "pass"
    assert verdict("personal_data", mobile, phones=True) == "fail"
    assert evidence("personal_data", mobile, phones=True) == ["+7 916 123-45-67"]


def test_a_topic_has_a_limit_of_its_own_for_the_first_answer() -> None:
    late = talk("B: Вопрос", "@40 A: Ответ", topic="overdue")
    assert verdict("first_response", late) == "pass"
    assert verdict("first_response", late, topics={"overdue": {"chat": 30}}) == "fail"


def test_a_letter_ends_with_a_signature_and_offers_help_in_its_own_words() -> None:
    for text in ("Справка готова.\n\nЕлена", "Справка готова.\n\nЕлена, служба поддержки"):
        assert said("closing", text, channel="email") == "pass"
        assert verdict("closing", talk("B: Вопрос", f"A: {text}")) == "fail"
    assert said("closing", "Справка готова.\n\nВаш займ закрыт", channel="email") == "fail"
    for text in (
        "Если потребуется помощь, ответьте на письмо.",
        "Если нужно составить график, напишите, поможем.",
        "Please reply if you would like help with the application.",
    ):
        assert said("further_help", text, channel="email") == "pass", text
    for text in ("Ответьте на письмо банка.", "Помощь не потребуется.", "Please reply today."):
        assert said("further_help", text, channel="email") == "fail", text


def test_a_promised_term_makes_a_pause_longer_unless_something_is_asked() -> None:
    promised = ["B: Где?", "@10 A: Подготовлю справку, она будет в кабинете сегодня до 18:00"]
    answer = "@5400 A: Справка готова, она в кабинете"
    assert verdict("gaps", talk(*promised, "@30 B: Тогда не тороплю", answer)) == "pass"
    assert verdict("gaps", talk(*promised, "@30 B: А комиссия какая?", answer)) == "fail"
    assert verdict("gaps", talk("B: Где?", "@10 A: Готовим", "@30 B: Тогда не тороплю", answer)) == "fail"


@pytest.mark.parametrize("phrase", lexicon("code_request").phrases, ids=lambda phrase: phrase.must_match[0])
def test_every_request_for_a_code_is_heard_in_its_examples(phrase: Any) -> None:
    assert all(phrase.found_in(fold(text)) for text in phrase.must_match)
    assert not any(phrase.found_in(fold(text)) for text in phrase.must_not_match)


def test_a_rude_word_decides_whatever_else_was_said_well() -> None:
    from quality.rules.scoring import answer_of

    verdicts = ["fail", "pass"]
    assert answer_of(verdicts, points=3, is_critical=False) == "partial"
    assert answer_of(verdicts, points=3, is_critical=False, deciding=["fail"]) == "fail"
    assert answer_of(verdicts, points=3, is_critical=False, deciding=["pass"]) == "partial"
