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
VARIABLES = tuple(ALIASES.values())
BRACES = re.compile(r"\{([^{}]*)\}")
NBSP = "\N{NO-BREAK SPACE}"


def fill(body: str, values: Mapping[str, str]) -> str:
    """The body with every known variable replaced; an unknown one stays in its braces, so that it is noticed."""

    def value_of(match: re.Match[str]) -> str:
        name = match[1].strip().lower()
        return values.get(ALIASES.get(name, name)) or match[0]

    return VARIABLE.sub(value_of, body)


def unknown_variables(body: str) -> list[str]:
    """What stands in braces and means nothing, as it stands there; a brace without its other one too."""
    names = [(match[0], match[1].strip().lower()) for match in BRACES.finditer(body)]
    found = [whole for whole, name in names if ALIASES.get(name, name) not in VARIABLES]
    found += [each for each in "{}" if each in BRACES.sub("", body)]
    return list(dict.fromkeys(found))


def has_variables(body: str) -> bool:
    return "{" in body or "}" in body


def stands_in(said: str, text: str) -> bool:
    """Whether the text stands in what is said word for word, in lines of its own."""
    at = said.find(text) if text else -1
    while at >= 0:
        end = at + len(text)
        if said[at - 1 : at] in {"", "\n"} and said[end : end + 1] in {"", "\n"}:
            return True
        at = said.find(text, at + 1)
    return False


def examples(language: str, *, lender: str, phone: str) -> dict[str, str]:
    """Values to look at a text with."""
    due, names = date(2026, 11, 28), ("Anna", "Elena") if language == "en" else ("Анна", "Елена")
    sums = {"due_sum": 17640, "interest": 2640, "principal": 15000}
    return {
        "name": names[0], "agent": names[1], "loan": "24-118406", "due_on": day(due, language), "phone": phone,
        "lender": lender, **{name: money(each, language) for name, each in sums.items()},
    }  # fmt: skip


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
