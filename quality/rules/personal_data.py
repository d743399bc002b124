"""Where personal data stands in a text: cards, passports, CVV, SNILS, INN."""

import re

from identity.rules.pii import MASKED_PASSPORT, find_cards, find_passports
from quality.rules.wording import fold

_CVV = re.compile(r"(?<!\w)(?:cvv2?|cvc2?|цвв|код (?:с|на) обор\w{1,6}(?: карты)?)\s?[:№-]?\s?(\d{3})(?!\d)")
_SNILS = re.compile(r"(?<!\d)(\d{3})-?\s?(\d{3})-?\s?(\d{3})[\s-]?(\d{2})(?!\d)")
_INN = re.compile(r"(?<!\w)инн\s?[:№-]?\s?(\d{12}|\d{10})(?!\d)")
_MASKED = re.compile(MASKED_PASSPORT)  # what was written here the desk did not keep, but it was written
_MAY_BE_CVV = re.compile(r"cv|цвв|обор", re.IGNORECASE)
_DIGIT = re.compile(r"\d")  # a shorter number than ten digits is neither card nor document
_PHONE = re.compile(r"(?<![\d+])(?:\+7|8|7)[\s(-]{0,2}9\d{2}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")
_SNILS_WORD = re.compile(r"снилс|страхов|snils")


def find_personal_data(text: str) -> list[tuple[str, int, int]]:
    """Kind, start and end of each, in order, none inside another."""
    if len(_DIGIT.findall(text)) < 10 and "•" not in text:
        return _codes(fold(text)) if _MAY_BE_CVV.search(text) else []
    folded = fold(text)
    found = [("card", start, end) for start, end in find_cards(text)]
    found += [("passport", start, end) for start, end in find_passports(text)]
    found += [("passport", *match.span()) for match in _MASKED.finditer(text)]
    found += _codes(folded)
    found += [("inn", *match.span(1)) for match in _INN.finditer(folded) if is_inn(match.group(1))]
    if _SNILS_WORD.search(folded):
        found += [("snils", *match.span()) for match in _SNILS.finditer(folded) if is_snils("".join(match.groups()))]
    return _apart(sorted(found, key=lambda one: (one[1], -one[2])))


def find_phones(text: str) -> list[tuple[str, int, int]]:
    """Russian mobile numbers; the lender's own lines (8 800 …) are no personal data."""
    return [("phone", *match.span()) for match in _PHONE.finditer(text)]


def _codes(folded: str) -> list[tuple[str, int, int]]:
    return [("cvv", *match.span(1)) for match in _CVV.finditer(folded)]


def is_snils(digits: str) -> bool:
    """The last two digits are the weighted sum of the first nine modulo 101."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True))
    return total % 101 % 100 == int(digits[9:])


def is_inn(digits: str) -> bool:
    """Ten digits of a company or twelve of a person, by their check digits."""
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(digits) == 10:
        return _inn_digit(digits[:9], weights[2:]) == digits[9]
    return _inn_digit(digits[:10], weights[1:]) == digits[10] and _inn_digit(digits[:11], weights) == digits[11]


def _inn_digit(digits: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10)


def _apart(found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    kept: list[tuple[str, int, int]] = []
    for one in found:
        if not kept or one[1] >= kept[-1][2]:
            kept.append(one)
    return kept


def hide_personal_data(text: str) -> str:
    """The text with the digits found replaced by dots, the last four of a card kept; no character moves."""
    letters = list(text)
    for kind, start, end in find_personal_data(text):
        digits = [place for place in range(start, end) if letters[place].isdigit()]
        for place in digits[: -4 if kind == "card" else None]:
            letters[place] = "•"
    return "".join(letters)
