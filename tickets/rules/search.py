"""What somebody typed into the search box, and what of a text is shown with its hits marked."""

import re
from dataclasses import dataclass

WORDS = 12  # of one question; more narrow nothing any more
QUERY_LIMIT = 200
AROUND = 90  # characters shown before the first hit
EXCERPT = 240
BEGIN, END = "\x02", "\x03"  # marks around a hit; no text has them, Postgres gets blanks in their place
_TERM = re.compile(r"(?P<minus>(?<!\S)[-−])?(?:[\"«“](?P<phrase>[^\"»”]*)[\"»”]?|(?P<word>[^\s\"«»“”]+))")
_PHONE = re.compile(
    r"(?<![\w+])(?:\+7|8|7)[ \u00a0(-]{0,3}\d{3}[ \u00a0)-]{0,3}\d{3}[ \u00a0-]?\d{2}[ \u00a0-]?\d{2}(?!\d)"
)
_NUMBER = re.compile(r"(?:№|#|n)?\d(?:[-–/]?\d){3,24}", re.IGNORECASE)
_TICKET = re.compile(r"(?:№|#)?(\d{1,15})")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_CODE = re.compile(r"[A-Za-zА-Яа-яЁё]{1,4}[-–]?\d[\w-]{1,60}")


@dataclass(frozen=True)
class Term:
    """A word, a phrase or a number; ``is_wanted`` is false behind a minus."""

    text: str
    is_phrase: bool = False
    is_wanted: bool = True
    number: str = ""  # its digits, as numbers are kept in the index


@dataclass(frozen=True)
class Asked:
    """The terms of a question, and what it is if it is one thing only: a ticket, a phone, an address, a customer id."""

    terms: tuple[Term, ...] = ()
    ticket: int | None = None
    phone: str = ""  # all of its digits, or the last ones
    email: str = ""
    code: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not any(term.is_wanted for term in self.terms)


def asked_in(query: str) -> Asked:
    """Read the question; nothing in it can be wrong, only unhelpful."""
    text = " ".join(query.replace("\0", " ").split())[:QUERY_LIMIT]
    phones = [digits_of_phone(found[0]) for found in _PHONE.finditer(text)]
    terms = [Term(text=digits, number=digits) for digits in phones]
    terms += [term for found in _TERM.finditer(_PHONE.sub(" ", text)) if (term := _term(found))]
    wanted = [term for term in terms if term.is_wanted and not term.is_phrase]
    only = wanted[0].text if len(wanted) == 1 and len(terms) == 1 else ""
    digits = re.sub(r"\D", "", only)
    number = _TICKET.fullmatch(only)
    return Asked(
        terms=tuple(terms[:WORDS]),
        ticket=int(number[1]) if number else None,
        phone=phones[0] if phones else digits if len(digits) >= 4 and only == digits else "",
        email=only.lower() if _EMAIL.fullmatch(only) else "",
        code=only if _CODE.fullmatch(only) or (digits and only == digits) else "",
        names=tuple(word for term in wanted for word in names_in(term.text)),
    )


def digits_of_phone(text: str) -> str:
    """``8 (916) 204-58-31`` and ``+79162045831`` are one number."""
    digits = re.sub(r"\D", "", text)
    return f"7{digits[1:]}" if len(digits) == 11 and digits[0] in "78" else digits


def names_in(text: str) -> list[str]:
    """Words that a name may be made of, as the index keeps them."""
    words = re.split(r"[\W_]+", text.lower().replace("ё", "е"))
    return [word for word in words if len(word) > 1 and word.isalpha()]


def edits_allowed(word: str) -> int:
    """How many letters of a name may be wrong: none in a short one, two in a long one."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _term(found: re.Match[str]) -> Term | None:
    phrase, word = found["phrase"], found["word"]
    text = (phrase if phrase is not None else word or "").strip()
    if not any(letter.isalnum() for letter in text):
        return None
    number = "" if phrase is not None or not _NUMBER.fullmatch(text) else re.sub(r"\D", "", text)
    return Term(text=text, is_phrase=phrase is not None, is_wanted=not found["minus"], number=number)


# What is shown


Piece = tuple[str, bool]  # some text, and whether it is a hit


def excerpt_of(marked: str, original: str, numbers: tuple[str, ...] = ()) -> list[Piece]:
    """The part of the original with the first hits. ``marked`` is the same text with marks around them.

    Marks are laid over what was written letter by letter, so that nothing of it can act as markup.
    """
    spans = _spans(marked, original) or _number_spans(original, numbers)
    start, end = _window(original, spans[0][0] if spans else 0)
    pieces: list[Piece] = [("…", False)] if start else []
    at = start
    for first, last in spans:
        if first < at or last > end:
            continue
        pieces += [(original[at:first], False), (original[first:last], True)]
        at = last
    pieces += [(original[at:end], False)]
    pieces += [("…", False)] if end < len(original) else []
    return [(re.sub(r"\s+", " ", text), is_hit) for text, is_hit in pieces if text]


def _spans(marked: str, original: str) -> list[tuple[int, int]]:
    """Where the marks are, in the original; none when the texts do not fit."""
    found, at, first = [], 0, 0
    for letter in marked:
        if letter == BEGIN:
            first = at
        elif letter == END:
            found.append((first, at))
        else:
            at += 1
    return found if at <= len(original) else []


def _number_spans(text: str, numbers: tuple[str, ...]) -> list[tuple[int, int]]:
    patterns = [r"[\s()/–-]{0,3}".join(number[-10:]) for number in numbers if number]
    return sorted(found.span() for each in patterns for found in re.finditer(each, text))


def _window(text: str, first: int) -> tuple[int, int]:
    """A stretch around the first hit that begins and ends between words."""
    start = max(0, first - AROUND)
    if start and (blank := text.find(" ", start, first)) >= 0:
        start = blank + 1
    end = min(len(text), start + EXCERPT)
    if end < len(text) and (blank := text.rfind(" ", start + EXCERPT // 2, end)) > 0:
        end = blank
    return start, end
