"""Words of a text with their places, cut to stems, in Russian and English alike.

A model only needs forms of one word to fall together; what is cut too short is made good by the pieces of letters.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from quality.rules.wording import fold

LONGEST_TEXT = 20_000
LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_ENGLISH = (
    *("ations", "ation", "ingly", "edly", "ments", "ment", "ness", "ings", "ing", "ies", "ied"),
    *("ers", "ed", "er", "es", "ly", "s"),
)
_RUSSIAN = (
    *("ировались", "ировалась", "ывались", "ивались", "ировать", "ируется", "ироваться"),
    *("ившись", "ывшись", "ованный", "ованная", "ованные", "ованию", "ования", "ование"),
    *("аться", "яться", "иться", "еться", "ались", "ялись", "ились", "елись", "алась", "илась", "ается", "яется"),
    *("уются", "аются", "яются", "ешься", "ишься", "ится", "ется", "ются", "утся", "ятся", "атся"),
    *("ость", "ости", "остью", "остей", "ешь", "ишь", "ете", "ите", "йте", "али", "яли", "или", "ели", "ала", "яла"),
    *("ила", "ела", "ало", "ило", "ело", "ать", "ять", "ить", "еть", "ует", "уют", "ают", "яют", "ает", "яет"),
    *("ыми", "ими", "ами", "ями", "ого", "его", "ому", "ему", "ией", "иях", "иям", "иями"),
    *("ая", "яя", "ое", "ее", "ые", "ие", "ой", "ей", "ый", "ий", "ую", "юю", "ых", "их", "ым", "им", "ом", "ем"),
    *("ам", "ям", "ах", "ях", "ов", "ев", "ия", "ию", "ии", "ет", "ит", "ут", "ют", "ат", "ят", "ал", "ял", "ил"),
    *("ел", "ся", "сь", "а", "я", "о", "е", "ы", "и", "у", "ю", "ь", "й"),
)
_ENDINGS = tuple(sorted(set(_ENGLISH + _RUSSIAN), key=len, reverse=True))
_LEAST = 3  # letters that stay


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written in the folded text, where it stands, and its stem."""

    text: str
    start: int
    end: int
    stem: str


def words(text: str) -> list[Word]:
    """The words of a text; places are those of the text as it is."""
    return [
        Word(found[:LONGEST_WORD], match.start(), match.end(), stem(found[:LONGEST_WORD]))
        for match in _WORD.finditer(fold(text[:LONGEST_TEXT]))
        for found in (match.group(),)
    ]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its longest known ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word
