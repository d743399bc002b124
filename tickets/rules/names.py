"""How people are named on a narrow row, and in a greeting."""

import re

NAME = re.compile(r"[A-ZА-ЯЁ][a-zа-яё]+(?:-[A-ZА-ЯЁ][a-zа-яё]+)*")
INITIALS = re.compile(r"\b[A-ZА-ЯЁ]\.")
PATRONYMIC = re.compile(r"(?:вна|ична|ич)$")
SURNAME = re.compile(r"...(?:[оеё]ва?|[сц]кий|[сц]кая|енко|чук|швили|дзе)$")  # endings that no first name has


def short_name(full_name: str, first_name: str = "") -> str:
    """First name and surname, whichever order the full name has; never inflected."""
    words = full_name.split()
    if len(words) < 3 or first_name not in words:
        return full_name
    surname = words[0] if words[0] != first_name else words[-1]
    return f"{first_name} {surname}"


def first_name(signed: str) -> str:
    """The first name of somebody who signs like this; empty where it cannot be told from a surname or a firm."""
    words = INITIALS.sub(" ", signed).split()
    if not all(NAME.fullmatch(word) for word in words):
        return ""
    if len(words) == 3 and PATRONYMIC.search(words[2]) and not PATRONYMIC.search(words[1]):
        return words[1]
    return next((word for word in words[:2] if not SURNAME.search(word)), "")


def initials_of(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()
