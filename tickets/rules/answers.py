"""Prepared answers: what their variables mean, and how values are written in each language."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

VARIABLE = re.compile(r"\{([\w ]+)\}")
ALIASES = {
    "имя": "name",
    "специалист": "agent",
    "договор": "loan",
    "сумма": "due_sum",
    "дата": "due_on",
    "проценты": "interest",
    "долг": "principal",
    "телефон": "phone",
    "компания": "lender",
}
MONTHS = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "en": "January February March April May June July August September October November December",
}
NBSP = "\N{NO-BREAK SPACE}"


def fill(body: str, values: Mapping[str, str]) -> str:
    """The body with every known variable replaced; an unknown one stays in its braces, so that it is noticed."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1].strip().lower()
        return values.get(ALIASES.get(name, name)) or match[0]

    return VARIABLE.sub(value_of, body)


def money(amount: Decimal | float | int, language: str) -> str:
    """``17 640 ₽`` or ``₽17,640``; kopecks only where there are some."""
    rounded = Decimal(str(amount)).quantize(Decimal("0.01"))
    whole, _, part = f"{rounded:.2f}".partition(".")
    grouped = f"{int(whole):,}"
    if language == "en":
        return f"₽{grouped}" + (f".{part}" if part != "00" else "")
    return grouped.replace(",", NBSP) + (f",{part}" if part != "00" else "") + f"{NBSP}₽"


def day(on: date, language: str) -> str:
    """``28 ноября`` or ``28 November``."""
    months = MONTHS.get(language, MONTHS["ru"]).split()
    return f"{on.day}{NBSP}{months[on.month - 1]}"
