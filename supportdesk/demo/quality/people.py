"""The demo's colleagues who never sign in, and the borrowers of past weeks. All are invented."""

import secrets

from identity import actions as identity
from identity.models import Borrower, User
from supportdesk.demo.staff import SLOTS, STAFF
from tickets.actions.slots import ensure_slots

COLLEAGUES = (
    ("agent", "p.gromov@lad.example", "Павел Громов", "Павел"),
    ("agent", "s.kim@lad.example", "Светлана Ким", "Светлана"),
    ("agent", "k.nesterov@lad.example", "Кирилл Нестеров", "Кирилл"),
    ("agent", "i.belova@lad.example", "Ирина Белова", "Ирина"),
    ("agent", "r.galiev@lad.example", "Ринат Галиев", "Ринат"),
    ("supervisor", "m.ahmedov@lad.example", "Марат Ахмедов", "Марат"),
)
NAMES = (
    "Мария", "Игорь", "Ольга", "Пётр", "Наталья", "Денис", "Алина", "Виктор", "Юлия", "Роман", "Вера", "Олег",
)  # fmt: skip
FAMILIES = ("Лебеденко", "Шевчук", "Гайдар", "Коваленко", "Черных", "Седых", "Дурново", "Миллер", "Ким", "Бойко")
PLANTED = {"sub": "T-000001", "name": "Илья Тестов", "first_name": "Илья", "language": "ru"}


def make_colleagues() -> None:
    """Whoever is missing, with a password that nobody knows."""
    known = set(User.objects.values_list("email", flat=True))
    for role, email, full_name, display_name in COLLEAGUES:
        if email in known:
            continue
        user = identity.create_staff(
            email=email,
            full_name=full_name,
            display_name=display_name,
            role=role,
            password=secrets.token_urlsafe(24),
        )
        if role == "agent":
            ensure_slots(user=user, capacity=SLOTS)


def agents() -> list[User]:
    """The eight agents, always in the same order."""
    mails = [one.email for one in STAFF if one.role == "agent"] + [one[1] for one in COLLEAGUES if one[0] == "agent"]
    found = {one.email: one for one in User.objects.filter(email__in=mails)}
    return [found[mail] for mail in mails]


def by_mail(email: str) -> User:
    return User.objects.get(email=email)


def borrower(number: int) -> Borrower:
    """The borrower of this number, made when they are missing."""
    first = NAMES[number % len(NAMES)]
    name = f"{first} {FAMILIES[number // len(NAMES) % len(FAMILIES)]}"
    claims = {"sub": f"C-2{number:05}", "name": name, "first_name": first, "language": "ru"}
    return Borrower.objects.filter(customer_id=claims["sub"]).first() or identity.refresh_borrower(claims=claims)
