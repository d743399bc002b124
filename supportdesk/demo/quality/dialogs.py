"""What was asked in past weeks and how it was answered: drawn from a seed, so that every demo tells the same."""

import random
from dataclasses import dataclass

from supportdesk.demo.stories import Line


@dataclass(frozen=True)
class Question:
    """What borrowers ask of a topic, the answer, what they ask then, and how it may be summed up."""

    topic: str
    asked: str
    answer: str
    then: str
    further: str
    summary: str


@dataclass(frozen=True)
class Habits:
    """How often an agent does what the standard asks for, from 0 to 1."""

    greets: float
    quick: float
    closes: float
    sums_up: bool = False


QUESTIONS = (
    Question(
        "extension",
        "Можно ли продлить займ на неделю?",
        "да, продление доступно в кабинете: оплатите проценты за прошедшие дни, и новая дата появится сразу.",
        "А сколько раз так можно?",
        "По вашему договору можно продлить займ три раза, использовано одно продление.",
        "новая дата появится после оплаты процентов, осталось два продления",
    ),
    Question(
        "payments",
        "Заплатил вчера, а в кабинете долг прежний. Почему?",
        "банк передаёт платёж до одного рабочего дня, сегодня к вечеру он будет виден.",
        "Пени за это время начислят?",
        "Нет, платёж засчитывается датой, когда вы его отправили.",
        "платёж появится сегодня к вечеру, пени не будет",
    ),
    Question(
        "documents",
        "Где взять справку об отсутствии долга?",
        "справка лежит в кабинете, раздел «Документы», она с электронной подписью.",
        "Банк её примет?",
        "Да, банки принимают её в электронном виде. Бумажную отправим почтой, если попросите.",
        "справка в разделе «Документы», бумажную отправим по просьбе",
    ),
    Question(
        "overdue",
        "Не успеваю заплатить завтра. Что делать?",
        "спасибо, что написали заранее. Можно продлить займ или попросить рассрочку до трёх месяцев.",
        "Рассрочка испортит кредитную историю?",
        "Рассрочка отражается в истории как изменение условий, просрочкой она не считается.",
        "выберите продление или рассрочку до завтра, просрочки не будет",
    ),
    Question(
        "other",
        "Как сменить номер телефона?",
        "войдите по почте, откройте раздел «Профиль» и укажите новый номер.",
        "Старый номер уже не работает, это помеха?",
        "Нет, подтверждение придёт на новый номер и на почту.",
        "номер меняется в разделе «Профиль», подтверждение придёт на новый номер",
    ),
)
ANGRY = "Второй день никто не отвечает, буду жаловаться в Центробанк"
SORRY = "Простите за ожидание, понимаю ваше беспокойство. Разберусь прямо сейчас."
SHORT_THANKS = ("Понятно, спасибо", "Хорошо, спасибо", "Спасибо, всё ясно")


@dataclass(frozen=True)
class Drawn:
    """One conversation: its topic, its lines and what the borrower thought of it."""

    topic: str
    lines: tuple[Line, ...]
    rating: int
    solved: str


def draw(number: int, *, name: str, agent: str, habits: Habits) -> Drawn:
    """The conversation of this number, with an agent of these habits."""
    dice = random.Random(f"demo:{number}")
    question = QUESTIONS[number % len(QUESTIONS)]
    greets, quick, closes = (dice.random() < one for one in (habits.greets, habits.quick, habits.closes))
    is_angry = number % 17 == 5
    hello = f"Здравствуйте, {name}! Меня зовут {agent}. " if greets else ""
    answer = question.answer if greets else question.answer.capitalize()
    lines: list[Line] = [
        ("b", 0, f"{ANGRY}. {question.asked}" if is_angry else f"Здравствуйте! {question.asked}"),
        ("a", 18 + number % 25 if quick else 75 + number % 60, hello + (answer[0].upper() + answer[1:])),
        ("b", 40 + number % 30, question.then),
        ("a", 35 + number % 40 if quick else 150 + number % 90, question.further),
        ("b", 25 + number % 20, dice.choice(SHORT_THANKS)),
    ]
    if is_angry and greets:
        lines.insert(1, ("a", 20, f"{hello}{SORRY}"))
    if habits.sums_up:
        lines.append(("a", 15, f"Подведу итог: {question.summary}."))
    if closes:
        last = f"Остались ли у вас ещё вопросы, {name}?"
        lines += [("a", 12, last), ("b", 14, "Нет"), ("a", 8, "Хорошего дня! До свидания.")]
    rating, solved = _opinion(dice, greets + quick + closes + habits.sums_up - is_angry)
    return Drawn(question.topic, tuple(lines), rating, solved)


def _opinion(dice: random.Random, merits: int) -> tuple[int, str]:
    """A rating, or 0 when the borrower left none, and whether the question was solved."""
    if dice.random() < 0.45:
        return 0, ""
    rating = max(1, min(5, 2 + merits - (dice.random() < 0.3)))
    return rating, "yes" if rating > 3 else dice.choice(("partly", "no"))
