"""The Russian dictionary: which words exist, which forms they have. Loaded by the first who asks."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from quality.rules.wording import fold

if TYPE_CHECKING:
    import pymorphy3


@cache
def morph() -> "pymorphy3.MorphAnalyzer":
    import pymorphy3  # with the dictionaries, and only by whoever scores

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> frozenset[str]:
    """Every dictionary form a word may come from («Анне» alone may first be read as an odd noun)."""
    return frozenset(fold(parse.normal_form) for parse in morph().parse(word))


@lru_cache(maxsize=100_000)
def is_known(word: str) -> bool:
    return bool(morph().word_is_known(word))


def known_beginning(word: str) -> int:
    """How many letters of a word some word of the dictionary begins with: a slip stands there or before."""
    words = morph().dictionary.words.dct
    index = words.ROOT
    for place, letter in enumerate(word):
        further = words.follow_bytes(letter.encode(), index)
        if further is None and letter == "е":
            further = words.follow_bytes("ё".encode(), index)
        if further is None:
            return place
        index = further
    return len(word)


def forms(word: str) -> list[str]:
    """Every form of a word, the word itself first; «ё» and «е» are one letter."""
    found = [fold(form.word) for parse in morph().parse(word)[:3] for form in parse.lexeme]
    return list(dict.fromkeys([fold(word), *found]))
