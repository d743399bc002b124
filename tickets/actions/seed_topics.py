"""The topics a new desk begins with, and the scenario of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StepText:
    ru: str
    en: str
    hint_ru: str = ""
    hint_en: str = ""


@dataclass(frozen=True)
class TopicText:
    code: str
    ru: str
    en: str
    icon: str
    steps: tuple[StepText, ...]
    is_offered: bool = True
    is_complaint: bool = False


GREET = StepText("Представиться по имени", "Introduce yourself by name")
CLEAR = StepText("Уточнить, всё ли понятно", "Ask whether everything is clear")

TOPICS = (
    TopicText(
        "extension",
        "Продлить займ или перенести дату",
        "Extend the loan or move the date",
        "calendar",
        (
            GREET,
            StepText("Проверить право на продление", "Check the right to an extension"),
            StepText(
                "Назвать сумму и новую дату",
                "Name the sum and the new date",
                "Сумма на сегодня и на дату платежа отличаются — назовите обе",
                "The sum today and the sum on the due date differ: name both",
            ),
            StepText("Предупредить о полной стоимости", "Say what it costs in full"),
            CLEAR,
        ),
    ),
    TopicText(
        "payments",
        "Платежи и списания",
        "Payments and charges",
        "ruble",
        (
            GREET,
            StepText(
                "Узнать дату, сумму и способ оплаты",
                "Ask for the date, the sum and the way of paying",
                "Номер карты целиком не нужен: достаточно последних четырёх цифр",
                "The whole card number is not needed: the last four digits are enough",
            ),
            StepText("Найти платёж в договоре", "Find the payment in the agreement"),
            StepText(
                "Объяснить, что произошло и что будет дальше",
                "Explain what happened and what comes next",
                "Назовите срок возврата и куда придут деньги",
                "Name the term of the refund and where the money will come",
            ),
            CLEAR,
        ),
    ),
    TopicText(
        "documents",
        "Справки и документы",
        "Certificates and documents",
        "file",
        (
            GREET,
            StepText("Узнать, какая справка и для кого", "Ask which certificate and for whom"),
            StepText(
                "Показать, где скачать её в кабинете",
                "Show where to download it in the account",
                "Справки о закрытии и об остатке готовы сразу",
                "Certificates of closing and of the balance are ready at once",
            ),
            StepText("Назвать срок, если готовит сотрудник", "Name the term if a colleague prepares it"),
            CLEAR,
        ),
    ),
    TopicText(
        "access",
        "Вход и личные данные",
        "Sign-in and personal data",
        "user",
        (
            GREET,
            StepText(
                "Понять, что именно не получается",
                "Find out what exactly does not work",
                "Пароль и код из СМС не спрашиваем никогда",
                "Never ask for the password or the code from the text message",
            ),
            StepText("Подтвердить личность", "Confirm who it is"),
            StepText("Помочь войти или изменить данные", "Help to sign in or to change the data"),
            CLEAR,
        ),
    ),
    TopicText(
        "other",
        "Другой вопрос",
        "Something else",
        "chat",
        (
            GREET,
            StepText("Понять вопрос и выбрать тему", "Understand the question and choose the topic"),
            StepText("Ответить или назвать срок ответа", "Answer, or name the term of the answer"),
            CLEAR,
        ),
    ),
    TopicText(
        "early-repayment",
        "Досрочное погашение",
        "Early repayment",
        "ruble",
        (
            GREET,
            StepText("Узнать, полностью или частично", "Ask whether in full or in part"),
            StepText("Назвать сумму на выбранный день", "Name the sum for the chosen day"),
            StepText("Объяснить, когда договор закроется", "Explain when the agreement will be closed"),
            CLEAR,
        ),
        is_offered=False,
    ),
    TopicText(
        "double-charge",
        "Двойное списание",
        "Charged twice",
        "ruble",
        (
            GREET,
            StepText("Извиниться за неудобство", "Apologise for the trouble"),
            StepText("Сверить оба списания", "Compare both charges"),
            StepText("Оформить возврат и назвать срок", "Start the refund and name its term"),
            CLEAR,
        ),
        is_offered=False,
    ),
    TopicText(
        "overdue",
        "Просрочка и кредитные каникулы",
        "Missed payment and payment holidays",
        "calendar",
        (
            GREET,
            StepText("Выслушать, что произошло", "Hear what happened"),
            StepText(
                "Назвать возможности",
                "Name the options",
                "Продление, рассрочка, каникулы — факты и сроки, без оценок",
                "Extension, instalments, holidays: facts and terms, no judgement",
            ),
            StepText("Записать договорённость", "Write down what was agreed"),
            CLEAR,
        ),
        is_offered=False,
    ),
    TopicText(
        "credit-history",
        "Кредитная история",
        "Credit history",
        "file",
        (
            GREET,
            StepText("Узнать, какая запись вызывает вопрос", "Ask which record is in question"),
            StepText("Зарегистрировать обращение и назвать номер", "Register the appeal and name its number"),
            StepText("Назвать срок проверки", "Name the term of the check"),
            CLEAR,
        ),
        is_offered=False,
    ),
    TopicText(
        "complaint",
        "Жалоба",
        "Complaint",
        "alert",
        (
            GREET,
            StepText("Извиниться и выслушать", "Apologise and hear it out"),
            StepText(
                "Зарегистрировать жалобу и назвать номер",
                "Register the complaint and name its number",
                "Номер нужен клиенту, чтобы ссылаться на жалобу",
                "The borrower needs the number to refer to the complaint",
            ),
            StepText("Назвать срок ответа", "Name the term of the answer"),
            StepText("Сообщить итог или кто теперь решает", "Tell the result, or who decides now"),
        ),
        is_offered=False,
        is_complaint=True,
    ),
)
