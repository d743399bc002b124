"""Dialogs of a support desk, made from a seed: thirty messages of about 2,650 characters, no two alike.

Nobody said any of it. Words of a borrower and of an agent alternate; sums, dates, numbers, names and slips of the
keyboard are drawn anew, so that what is remembered of one dialog is of little use for the next.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

MESSAGES = 30
SLIPS = 0.01  # of words

ASKED = (
    "Здравствуйте, подскажите, пожалуйста, когда придёт перевод по договору № {number}?",
    "Оплатил {sum} рублей {day} числа, а в кабинете долг всё ещё прежний. Почему так?",
    "Сколько мне нужно внести, чтобы закрыть займ до {day}.12? И будут ли проценты за сегодня?",
    "Я уже третий раз пишу, никто не отвечает, сколько можно ждать",
    "А если я продлю на {days} дней, сумма станет больше?",
    "Хорошо, понял, спасибо большое",
    "Мне пришло сообщение про просрочку, хотя я платил вовремя, проверьте, пожалуйста",
    "Как отказаться от страховки? Договор подписал {days} дней назад",
    "Можно ли изменить номер телефона в анкете, старый больше не работает",
    "Это безобразие, буду жаловаться в Центробанк, если сегодня не решите",
    "Нужна справка о закрытии займа № {number} для банка, сколько дней её делать?",
    "Карта заканчивается на {four}, списание было дважды, верните деньги",
    "Hello, I paid {sum} roubles on the {day}th, but the balance has not changed. Why?",
    "Could you tell me how long an extension for {days} days takes?",
    "да, вижу, спасибо",
    "а на какую карту вернут и в какой срок?",
)
ANSWERED = (
    "{name}, добрый день! Меня зовут {agent}. Сейчас уточню информацию по вашему займу, одну минуту.",
    "Вижу ваш платёж на {sum} ₽, банк ещё обрабатывает его. Обычно это занимает до двух часов, проценты за это "
    "время не начисляются.",
    "Чтобы закрыть займ полностью, нужно внести {sum} рублей до {day} декабря. Точная сумма показана в личном "
    "кабинете.",
    "Понимаю ваше беспокойство и приношу извинения за ожидание. Передала вопрос специалистам, ответ направим в "
    "течение {days} рабочих дней.",
    "Продление на {days} дней доступно в разделе «Мой займ»: оплатите проценты, и новая дата появится сразу.",
    "К сожалению, отменить списание нельзя, но можно оформить возврат: для этого заполните заявление в кабинете.",
    "Справка придёт на вашу электронную почту в течение {days} часов, она с подписью и печатью.",
    "Обращение зарегистрировано под номером {number}, срок ответа {days} дней, о результате сообщим сообщением.",
    "Отказаться от страховки можно в течение четырнадцати дней, заявление есть в разделе «Документы».",
    "Номер телефона можно изменить после подтверждения личности: прикрепите заявление и фотографию документа.",
    "Если удобнее платить частями, можно выбрать график: первый платёж {sum} рублей до {day} декабря, остальное позже. "
    "Условия и полная стоимость видны до подтверждения, менять ничего в договоре не нужно.",
    "Good afternoon, {name}! My name is {agent}. I see the payment of {sum} roubles, the bank is still processing it.",
    "Рада помочь, {name}! Остались ли у вас ещё вопросы?",
    "Посмотрела историю платежей за последние {days} дней: списание на {sum} рублей прошло один раз, "
    "второе банк отменил сам, и деньги уже возвращаются на карту.",
    "Чтобы ответить точно, мне нужно проверить договор и поступления. Это займёт не больше {days} минут.",
    "Проценты начисляются за каждый день пользования, поэтому сумма на {day} декабря и сумма на сегодня отличаются. "
    "Обе показаны в кабинете рядом.",
    "Спасибо за обращение, хорошего вам дня! Если возникнут вопросы, пишите в любое время.",
    "Минуточку, сейчас гляну",
    "Вы должны внести платёж сегодня, иначе начислят штраф.",
    "Проверила: деньги вернутся на карту, с которой был платёж, не позднее {day} числа.",
)
NAMES = (
    "Анна",
    "Сергей",
    "Марина",
    "Илья",
    "Гульнара",
    "Тимур",
    "Ольга",
    "Пётр",
    "Екатерина",
    "Роман",
    "Дарья",
    "Артём",
)
AGENTS = ("Елена", "Дмитрий", "Айгуль", "Павел")
LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюя"


@dataclass(frozen=True)
class Said:
    """A line of a made dialog; ``at`` seconds after its beginning."""

    by_staff: bool
    text: str
    at: float


@dataclass(frozen=True)
class Dialog:
    name: str
    agent: str
    lines: tuple[Said, ...]

    @property
    def characters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def dialogs(count: int, seed: int = 20261123) -> list[Dialog]:
    return [_dialog(random.Random(f"{seed}-{number}")) for number in range(count)]


def _dialog(drawn: random.Random) -> Dialog:
    name, agent = drawn.choice(NAMES), drawn.choice(AGENTS)
    at, lines = 0.0, []
    for place in range(MESSAGES):
        at += drawn.choice((8, 15, 25, 40, 70, 130))
        by_staff = place % 2 == 1 if drawn.random() < 0.9 else drawn.random() < 0.5
        text = _filled(drawn, ANSWERED if by_staff else ASKED, name, agent)
        lines.append(Said(by_staff=by_staff, text=_slipped(drawn, text), at=at))
    return Dialog(name=name, agent=agent, lines=tuple(lines))


def _filled(drawn: random.Random, lines: Sequence[str], name: str, agent: str) -> str:
    return drawn.choice(lines).format(
        name=name,
        agent=agent,
        number=f"{drawn.randint(20, 26)}-{drawn.randint(100_000, 999_999)}",
        sum=f"{drawn.randint(1, 60)} {drawn.randint(100, 999)}",
        day=drawn.randint(1, 28),
        days=drawn.randint(2, 30),
        four=drawn.randint(1000, 9999),
    )


def _slipped(drawn: random.Random, text: str) -> str:
    """One word in a hundred with a letter changed, as hurried hands do."""
    return " ".join(_slip(drawn, word) if drawn.random() < SLIPS else word for word in text.split(" "))


def _slip(drawn: random.Random, word: str) -> str:
    if len(word) < 5 or not word.isalpha():
        return word
    place = drawn.randrange(1, len(word))
    return word[:place] + drawn.choice(LETTERS) + word[place + 1 :]
