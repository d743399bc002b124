"""Proving who writes: what counts as a match, how many are needed, and how candidates are told apart.

Three matches are needed, one of them by a reliable way: signing in, a code, the passport, a document that was seen.
What is easily known to others (a name, a birth date, a loan's number, an address) counts twice at most.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LEVELS = (0, 1, 2, 3)  # unknown, probable, verified in this ticket, signed in
DISCLOSED_FROM = 2
NEEDED = 3
KNOWABLE = ("full_name", "birth_date", "loan", "address")
RELIABLE_FIELDS = ("passport", "passport_tail")
RELIABLE_METHODS = ("link", "code", "document")
FIELDS = ("full_name", "birth_date", "passport", "passport_tail", "loan")  # what the lender's service is asked
YES, NO = "yes", "no"


class UnreadableVerdict(ValueError):
    """The lender answered something else than yes or no for each field that was asked."""


@dataclass(frozen=True)
class Proof:
    """One thing that was tried: by which method, and what came out for each field."""

    method: str
    verdicts: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """How far one candidate has come; ``verdicts`` holds the newest answer for each field."""

    verdicts: Mapping[str, str]
    reliable: str  # the method or field that is reliable; empty while none is

    @property
    def matches(self) -> int:
        known = sum(self.verdicts.get(field) == YES for field in KNOWABLE)
        return min(known, NEEDED - 1) + bool(self.reliable)

    @property
    def is_contradicted(self) -> bool:
        """Whether the lender said no to something a borrower knows of themselves."""
        return NO in {self.verdicts.get(field) for field in ("full_name", "birth_date", *RELIABLE_FIELDS)}

    @property
    def is_proved(self) -> bool:
        return self.matches >= NEEDED and bool(self.reliable) and not self.is_contradicted

    @property
    def level(self) -> int:
        """Signing in proves the person, the rest proves them for this ticket."""
        return 0 if not self.is_proved else 3 if self.reliable == "link" else 2


def standing_of(proofs: Iterable[Proof]) -> Standing:
    """The standing after these proofs, oldest first: the newest answer for a field is the one that holds."""
    verdicts: dict[str, str] = {}
    methods: set[str] = set()
    for proof in proofs:
        verdicts |= {field: verdict for field, verdict in proof.verdicts.items() if verdict in {YES, NO}}
        if proof.method in RELIABLE_METHODS:
            (methods.discard if NO in proof.verdicts.values() else methods.add)(proof.method)
    ways = [each for each in RELIABLE_METHODS if each in methods]
    ways += [field for field in RELIABLE_FIELDS if verdicts.get(field) == YES]
    return Standing(verdicts, ways[0] if ways else "")


def read_verdicts(answer: Any, asked: Iterable[str]) -> dict[str, str]:
    """What the lender's service said of each field that was asked; raises ``UnreadableVerdict`` on anything else."""
    said = answer.get("fields") if isinstance(answer, Mapping) else None
    if not isinstance(said, Mapping) or any(said.get(field) not in {YES, NO} for field in asked):
        raise UnreadableVerdict
    return {field: str(said[field]) for field in asked}


def clean_fields(given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The fields as the lender's service takes them, what is empty left out, and the names of those it would not."""
    cleaners = {
        "full_name": _name,
        "birth_date": _birth_date,
        "passport": _passport,
        "passport_tail": _tail,
        "loan": _loan,
    }
    values: dict[str, str] = {}
    problems: list[str] = []
    for field in FIELDS:
        if not given.get(field, "").strip():
            continue
        try:
            values[field] = cleaners[field](given[field])
        except ValueError:
            problems.append(field)
    return values, problems


def same_name(one: str, other: str) -> bool:
    """The same words in any order, ``ё`` or ``е``."""
    return bool(name_words(one)) and sorted(name_words(one)) == sorted(name_words(other))


def name_words(name: str) -> list[str]:
    return [word for word in re.split(r"[^\w-]+", name.casefold().replace("ё", "е")) if word]


def names_in(text: str) -> list[list[str]]:
    """Two or three capitalised words in a row, as people sign: candidates for a name, at most eight."""
    found: list[list[str]] = []
    for match in _SIGNED.finditer(text[:20_000]):
        words = name_words(match[0])
        if words not in found:
            found.append(words)
    return found[-8:]


def phones_in(text: str) -> list[str]:
    """The last ten digits of each phone number of a letter, at most five."""
    numbers = [re.sub(r"\D", "", match[0])[-10:] for match in _PHONE.finditer(text[:20_000])]
    return list(dict.fromkeys(numbers))[:5]


def loans_in(text: str) -> list[str]:
    """Numbers of loans that the writer names, at most five."""
    return list(dict.fromkeys(_LOAN.findall(text[:20_000])))[:5]


_SIGNED = re.compile(
    r"\b[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?(?:[ \u00a0]+[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?){1,2}"
)
_PHONE = re.compile(r"(?<!\d)(?:\+?7|8)[ \u00a0(-]{0,2}\d{3}[ \u00a0)-]{0,2}\d{3}(?:[ \u00a0-]?\d{2}){2}(?!\d)")
_LOAN = re.compile(r"(?<![\d-])\d{2}-\d{6}(?![\d-])")


def _name(value: str) -> str:
    words = " ".join(value.split())
    if not 2 <= len(name_words(words)) <= 6 or len(words) > 200:
        raise ValueError("full_name")
    return words


def _birth_date(value: str) -> str:
    for form in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y"):
        try:
            born = datetime.strptime(value.strip(), form).date()
        except ValueError:
            continue
        if date(1900, 1, 1) < born < date.today():
            return born.isoformat()
    raise ValueError("birth_date")


def _passport(value: str) -> str:
    return _of_digits(value, 10, "passport")


def _tail(value: str) -> str:
    return _of_digits(value, 4, "passport_tail")


def _of_digits(value: str, length: int, field: str) -> str:
    digits = re.sub(r"[\s№-]", "", value)
    if not re.fullmatch(rf"[0-9]{{{length}}}", digits):
        raise ValueError(field)
    return digits


def _loan(value: str) -> str:
    number = value.strip().lstrip("№").strip()
    if not re.fullmatch(r"[\w/-]{3,32}", number):
        raise ValueError("loan")
    return number
