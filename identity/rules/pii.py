"""Personal data in text: found, masked when shown.

Sources: ISO/IEC 7812-1 (card numbers: 13 to 19 digits, last one by Luhn's algorithm, US patent 2,950,048);
PCI DSS 4.0 requirement 3.4.1 (at most the first six and last four digits may be shown; we keep four);
the order of the Russian government of 08.07.1997 no. 828 (a passport has a series of four digits and a number of six).
"""

import re
from bisect import bisect

Span = tuple[int, int]

DOT = "•"
_DIGIT_RUN = re.compile(r"(?<!\d)(?:\d[ \u00a0\u2009\u202f\-–.]?){12,}\d(?!\d)")
_OTHER_NUMBER = re.compile(
    r"(?:\d[-–/_]|(?<!\w)[^\W\d_]{1,2}[-–]|"
    r"\b(?:заявк|заявлени|договор|за[йе]м|обращени|тикет|application|agreement|contract|loan|ticket)\w{0,4}"
    r"[ \u00a0]?(?:№|#|номер|number|no\.?)[ \u00a0:]{0,2})\Z",
    re.IGNORECASE,
)
_PASSPORT = re.compile(
    r"(?<!\d)\d{2}[ \u00a0]?\d{2}(?:[ \u00a0\-–]+|\s*(?:№|N|номер)\s*)\d{3}[ \u00a0]?\d{3}(?!\d)", re.IGNORECASE
)
_TEN_DIGITS = re.compile(r"(?<!\d)\d{10}(?!\d)")
_PASSPORT_WORD = re.compile(r"(?:паспорт\w{0,10}|серия|серии|passport)\D{0,20}\Z", re.IGNORECASE)
_ANY_PASSPORT = re.compile(r"\d{2}[ \u00a0]?\d{2}\D{0,12}\d{3}[ \u00a0]?\d{3}(?!\d)")
_MONEY_AFTER = re.compile(r"[ \u00a0]?(?:₽|руб|р\.|rub|[.,]\d{2}(?!\d))", re.IGNORECASE)
_PHONE_BEFORE = re.compile(r"(?:\+7|\b8)[ \u00a0(-]{1,2}\Z")
MASKED_PASSPORT = "•••• ••••••"
MASKED_CARD = re.compile(r"•••• \d{4}")
_WORD_BEFORE = 40  # characters before the ten digits in which their word is looked for
_CARD_LENGTHS = range(13, 20)


def luhn_holds(digits: str) -> bool:
    """Whether the check digit at the end is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def find_cards(text: str) -> list[Span]:
    """Where card numbers stand: 13 to 19 digits in groups with single separators, with the right check digit.

    A number begins and ends with a group of digits, so that nothing is cut out of a longer number (an account has 20),
    while a date or code written after the card does not hide it. What goes on from another number (``24-…``, ``ЗМ-…``)
    or is named as one (``заявка № …``) is left whole; a doubtful one counts as a card, because it must not be stored.
    """
    found: list[Span] = []
    for run in _DIGIT_RUN.finditer(text):
        groups = [match.span() for match in re.finditer(r"\d+", run[0])]
        for start, end in _cards_among(run[0], groups):
            told_from = max(run.start() + start - 40, found[-1][1] if found else 0)
            if not _OTHER_NUMBER.search(text, told_from, run.start() + start):
                found.append((run.start() + start, run.start() + end))
    return found


def _cards_among(text: str, groups: list[Span]) -> list[Span]:
    found: list[Span] = []
    first = 0
    while first < len(groups):
        last = _last_group_of_card(text, groups, first)
        if last is not None:
            found.append((groups[first][0], groups[last][1]))
        first = first + 1 if last is None else last + 1
    return found


def _last_group_of_card(text: str, groups: list[Span], first: int) -> int | None:
    """The group with which the card number ends that begins at this group; None when none begins here."""
    digits = ""
    for place in range(first, len(groups)):
        start, end = groups[place]
        digits += text[start:end]
        if len(digits) > max(_CARD_LENGTHS):
            return None
        if len(digits) in _CARD_LENGTHS and _looks_issued(digits) and luhn_holds(digits):
            return place
    return None


def _looks_issued(digits: str) -> bool:
    """Cards begin with 2 (Mir, Mastercard) to 6 (UnionPay, Maestro) or 9 (national schemes); 0000… is nobody's."""
    return digits[0] in "234569" and len(set(digits)) > 1


def mask_cards(text: str) -> str:
    """Every card number as ``•••• 1234``; the rest of the text is untouched."""
    pieces, last = [], 0
    for start, end in find_cards(text):
        digits = [letter for letter in text[start:end] if letter.isdigit()]
        pieces += [text[last:start], f"{DOT * 4} {''.join(digits[-4:])}"]
        last = end
    return "".join([*pieces, text[last:]]) if pieces else text


def find_passports(text: str) -> list[Span]:
    """Where Russian passports stand: ``45 08 123456``, ``4508 № 123456``, or ten digits after the word itself."""
    found = [match.span() for match in _PASSPORT.finditer(text)]
    found += [match.span() for match in _TEN_DIGITS.finditer(text) if _is_named(text, match.start())]
    return sorted(set(found))


def mask_documents(text: str) -> str:
    """Every card number as ``•••• 1234`` and every passport as ``•••• ••••••``; the rest of the text is untouched.

    Of a passport nothing stays: its last digits are a way to prove who one is.
    """
    pieces, last = [], 0
    for start, end in _documents(text):
        if start >= last:
            pieces += [text[last:start], MASKED_PASSPORT]
            last = end
    return mask_cards("".join([*pieces, text[last:]]) if pieces else text)


def find_documents(text: str) -> list[Span]:
    """Where ``mask_documents`` would hide something, in order."""
    return sorted([*_documents(text), *find_cards(text)])


def _documents(text: str) -> list[Span]:
    """Passports that are no part of a card or a phone number, and no year before a sum (``в 2026 100 000 рублей``)."""
    if len(text) < 10 or not _ANY_PASSPORT.search(text):
        return []
    cards = find_cards(text)
    begins = [start for start, _ in cards]
    return [
        (start, end)
        for start, end in find_passports(text)
        if not any(start < to and from_ < end for from_, to in cards[max(0, bisect(begins, end) - 2) :][:2])
        and not _MONEY_AFTER.match(text, end)
        and not _PHONE_BEFORE.search(text, max(0, start - 4), start)
    ]


def _is_named(text: str, start: int) -> bool:
    """Whether the word for a passport stands shortly before: looked for everywhere, a long text would take hours."""
    return bool(_PASSPORT_WORD.search(text, max(0, start - _WORD_BEFORE), start))


def mask_phone(phone: str) -> str:
    """``+79161234567`` as ``+7 916 ••• •• 67``: enough to ask «is it the one ending in 67?»."""
    digits = re.sub(r"\D", "", phone)
    if len(digits) < 7:
        return DOT * len(digits)
    if len(digits) == 11 and digits[0] in "78":
        return f"+7 {digits[1:4]} ••• •• {digits[-2:]}"
    return f"+{digits[:2]} ••• •• {digits[-2:]}"


def mask_email(email: str) -> str:
    """``anna.kovaleva@mail.example`` as ``a•••@mail.example``."""
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}•••{at}{domain}" if at else DOT * 3 if email else ""
