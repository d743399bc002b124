"""Four invented borrowers. Their days are counted from today, so that the demo never grows stale."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

RATE = 8  # roubles a day for each thousand: 0.8 %


@dataclass(frozen=True)
class Debt:
    """A loan that is not paid back; the days are counted from its issue."""

    number: str
    principal: int
    term_days: int
    days_gone: int
    extensions_used: int = 0
    extensions_allowed: int = 3

    @property
    def interest_a_day(self) -> int:
        return self.principal // 1000 * RATE

    @property
    def interest_today(self) -> int:
        return self.interest_a_day * self.days_gone

    @property
    def interest_at_due(self) -> int:
        return self.interest_a_day * max(self.term_days, self.days_gone)

    @property
    def due_sum(self) -> int:
        return self.principal + self.interest_at_due

    @property
    def overdue_days(self) -> int:
        return max(self.days_gone - self.term_days, 0)

    @property
    def days_left(self) -> int:
        return max(self.term_days - self.days_gone, 0)

    @property
    def share_gone(self) -> int:
        """Percent of the term that has gone."""
        return min(100 * self.days_gone // self.term_days, 100)

    @property
    def issued_on(self) -> date:
        return date.today() - timedelta(days=self.days_gone)

    @property
    def due_on(self) -> date:
        return self.issued_on + timedelta(days=self.term_days)


@dataclass(frozen=True)
class Payment:
    """A line of the account; ``days_ago`` from today, ``amount`` in roubles, positive when the lender paid."""

    days_ago: int
    what: str
    amount: int

    @property
    def on(self) -> date:
        return date.today() - timedelta(days=self.days_ago)


@dataclass(frozen=True)
class Person:
    """A borrower as the lender knows them."""

    customer_id: str
    full_name: str
    first_name: str
    email: str
    phone: str
    city: str
    since: str
    debt: Debt | None
    payments: tuple[Payment, ...]
    closed: tuple[str, ...] = ()
    language: str = "ru"
    born: str = "1990-01-01"
    passport: str = ""  # series and number, ten digits

    @property
    def loans(self) -> set[str]:
        """Numbers of every loan this person ever had."""
        return {*self.closed, *([self.debt.number] if self.debt else [])}

    @property
    def short_name(self) -> str:
        return f"{self.first_name} {self.full_name.split()[-1][0]}."

    @property
    def initials(self) -> str:
        return self.first_name[0] + self.full_name.split()[-1][0]

    @property
    def since_on(self) -> date:
        return date.fromisoformat(self.since)

    @cached_property
    def claims(self) -> dict[str, str]:
        """What the token says about this person."""
        return {
            "sub": self.customer_id,
            "name": self.full_name,
            "first_name": self.first_name,
            "email": self.email,
            "phone": self.phone,
            "city": self.city,
            "since": self.since,
            "language": self.language,
        }


PEOPLE = (
    Person(
        customer_id="C-104577",
        full_name="Анна Игоревна Ковалёва",
        first_name="Анна",
        email="anna.kovaleva@mail.example",
        phone="+79162045831",
        city="Тверь",
        since="2025-03-11",
        debt=Debt("24-118406", principal=15_000, term_days=22, days_gone=18, extensions_used=1),
        payments=(
            Payment(18, "выдача займа № 24-118406", 15_000),
            Payment(72, "займ № 24-104211 закрыт", -12_000),
            Payment(102, "продление займа № 24-104211", -1_920),
        ),
        closed=("24-104211", "24-096530"),
        born="1991-06-14",
        passport="2811347265",
    ),
    Person(
        customer_id="C-101933",
        full_name="Сергей Павлович Мельников",
        first_name="Сергей",
        email="s.melnikov@mail.example",
        phone="+79273184002",
        city="Самара",
        since="2023-08-02",
        debt=Debt("24-117930", principal=30_000, term_days=30, days_gone=12),
        payments=(
            Payment(3, "займ № 24-117982 закрыт", -6_300),
            Payment(12, "выдача займа № 24-117930", 30_000),
            Payment(64, "займ № 24-107745 закрыт", -18_600),
            Payment(89, "выдача займа № 24-107745", 15_000),
        ),
        closed=("24-117982", "24-107745", "24-088214", "23-071902", "23-064418"),
        born="1984-02-11",
        passport="3609518274",
    ),
    Person(
        customer_id="C-098214",
        full_name="Марина Ринатовна Юсупова",
        first_name="Марина",
        email="m.yusupova@mail.example",
        phone="+79872206614",
        city="Уфа",
        since="2024-05-20",
        debt=None,
        payments=(
            Payment(9, "займ № 24-115082 закрыт", -9_280),
            Payment(29, "выдача займа № 24-115082", 8_000),
            Payment(133, "займ № 24-101467 закрыт", -6_720),
        ),
        closed=("24-115082", "24-101467", "24-092233"),
        born="1988-11-30",
        passport="8008224619",
    ),
    Person(
        customer_id="C-106841",
        full_name="Тимур Маратович Ахметов",
        first_name="Тимур",
        email="timur.akhmetov@mail.example",
        phone="+79033417728",
        city="Казань",
        since="2025-09-14",
        debt=Debt("24-116355", principal=10_000, term_days=15, days_gone=20, extensions_used=3),
        payments=(Payment(20, "продление займа № 24-116355", -1_200), Payment(35, "выдача займа № 24-116355", 10_000)),
        language="en",
        born="1995-03-08",
        passport="9215663087",
    ),
    Person(
        customer_id="C-095518",
        full_name="Сергей Петрович Мельников",
        first_name="Сергей",
        email="melnikov.sp@mail.example",
        phone="+79033358817",
        city="Пенза",
        since="2022-10-05",
        debt=None,
        payments=(Payment(210, "займ № 23-090117 закрыт", -4_960),),
        closed=("23-090117",),
        born="1984-07-03",
        passport="5604731920",
    ),
)


def person_of(customer_id: str) -> Person | None:
    return next((one for one in PEOPLE if one.customer_id == customer_id), None)
