"""Misspelt words, Russian and English.

A word is *sure* to be misspelt when no dictionary knows it and one slip of the keyboard (a letter left out, put in,
changed, or two swapped) leads to a common word, or one usual confusion of letters to any word; when two words run
together; or when it is in the list of common misspellings. Else it is only *possible*: a name, a brand, a term.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from quality.rules.russian import is_known, known_beginning, lemmas
from quality.rules.wording import LEXICONS, fold

RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
ENGLISH = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(r"(?<![\w@./\\#&+-])[A-Za-zА-Яа-яЁё]{3,30}(?:'[a-z]{1,3})?(?![\w@/\\#&]|[.+-]\w|-)")
_STRETCHED = re.compile(r"(.)\1\1{1,29}")
_SCRIPTS = (re.compile(r"[a-z']+"), re.compile(r"[а-я]+"))
_BEFORE = ("не", "ни", "по", "для", "при", "как", "что", "так", "это", "все", "или", "если", "очень")
_AFTER = ("то", "ли", "же", "бы", "либо", "нибудь", "таки", "что", "так", "как", "это", "есть")
_SLIPS = "о/а ь/ ъ/ь д/т б/п г/к в/ф ж/ш ш/щ щ/сч ц/тс ться/тся жы/жи шы/ши чя/ча чю/чу ццо/ться цца/тся"
_CONFUSED = (  # one for the other, in either direction; the second may be nothing
    *(tuple(pair.split("/")) for pair in _SLIPS.split()),
    *((letter * 2, letter) for letter in "нсмлпркфтзбвгд"),
)


@dataclass(frozen=True)
class Misspelt:
    """A word at its place in a text, and the common word it is one slip from; empty when there is none."""

    start: int
    end: int
    word: str
    suggestion: str

    @property
    def is_sure(self) -> bool:
        return bool(self.suggestion)


@cache
def frequencies(language: str) -> dict[str, int]:
    """How often a common word is met; for Russian the twenty thousand commonest forms, folded."""
    from spellchecker import SpellChecker

    words = SpellChecker(language=language).word_frequency.dictionary
    return {fold(word): count for word, count in words.items()} if language == "ru" else dict(words)


@cache
def company_words() -> frozenset[str]:
    """What the trade and the house write that no dictionary knows."""
    lines = (LEXICONS / "company_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())


@cache
def misspellings() -> dict[str, str]:
    lines = (LEXICONS / "misspellings.txt").read_text(encoding="utf-8").splitlines()
    pairs = (pair.split("=") for line in lines if not line.startswith("#") for pair in line.split())
    return {fold(wrong): right.replace("_", " ") for wrong, right in pairs if "_" not in wrong}


@cache
def _pieces(language: str) -> frozenset[str]:
    """Every three letters in a row that common words have, their edges marked."""
    return frozenset(
        padded[place : place + 3]
        for word in frequencies(language)
        for padded in (f"^{word}$",)
        for place in range(len(padded) - 2)
    )


def misspelt_in(text: str, own_words: str, known: Collection[str] = ()) -> Iterator[Misspelt]:
    """The words of a text that no dictionary knows. Capitals inside a sentence are names; quotations are not looked at.

    ``own_words`` is the folded text with quotations blanked out; ``known`` are folded words that are right here.
    """
    for match in _WORD.finditer(own_words):
        start, end = match.span()
        word = match.group()
        if text[start:end].lower() != text[start:end] and not _is_plain_beginning(text, start, end):
            continue
        if word not in known and _is_wrong(word):
            yield Misspelt(start=start, end=end, word=text[start:end], suggestion=suggestion(word))


def _is_plain_beginning(text: str, start: int, end: int) -> bool:
    """A capital first letter where a sentence begins; capitals elsewhere are names or abbreviations."""
    if text[start + 1 : end].lower() != text[start + 1 : end]:
        return False
    before = text[max(0, start - 20) : start].rstrip(' \u00a0"«(—–-')
    return not before or before[-1] in ".!?…\n"


@lru_cache(maxsize=100_000)
def _is_wrong(word: str) -> bool:
    """Whether a folded word is in no dictionary, or is a misspelling that a dictionary takes for a word."""
    if word in misspellings():
        return True
    if word in company_words() or not any(script.fullmatch(word) for script in _SCRIPTS):
        return False
    if word[0] in ENGLISH:
        return not {word, word.partition("'")[0]} & frequencies("en").keys()
    return not is_known(word) and word not in frequencies("ru")


@lru_cache(maxsize=50_000)
def suggestion(word: str) -> str:
    """What was surely meant; empty when that is not known."""
    if meant := misspellings().get(word):
        return meant
    if word[0] in ENGLISH:
        return _nearest(word, "en", ENGLISH)
    return _squeezed(word) or _apart(word) or _nearest(word, "ru", RUSSIAN) or _confused(word)


def _squeezed(word: str) -> str:
    """«оооочень» was meant to be «очень»."""
    if not _STRETCHED.search(word):
        return ""
    once, twice = _STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)
    return once if is_known(once) else twice if is_known(twice) else ""


def _apart(word: str) -> str:
    """«незнаю» was meant to be two words, «чтото» to have a hyphen."""
    for first in _BEFORE:
        rest = word[len(first) :]
        if word.startswith(first) and len(rest) > 2 and rest in frequencies("ru") and is_known(rest):
            return f"{first} {rest}"
    for last in _AFTER:
        rest = word[: -len(last)]
        if word.endswith(last) and len(rest) > 1 and rest in frequencies("ru") and is_known(rest):
            return f"{rest}{'-' if last in {'то', 'либо', 'нибудь', 'таки'} else ' '}{last}"
    return ""


def _nearest(word: str, language: str, letters: str) -> str:
    """The commonest word one slip away; of Russian words also any form of a common one."""
    if len(word) < (4 if language == "en" else 5):
        return ""
    common, near = frequencies(language), list(_neighbours(word, letters))
    known = [candidate for _, candidate in near if candidate in common and (language == "en" or is_known(candidate))]
    if known:
        return max(known, key=lambda candidate: common[candidate])
    if language == "en":
        return ""
    last, pieces = known_beginning(word), _pieces(language)
    likely = (candidate for place, candidate in near if place <= last and _holds(candidate, place, pieces))
    return next((candidate for candidate in likely if is_known(candidate) and lemmas(candidate) & common.keys()), "")


def _confused(word: str) -> str:
    """Any word of the dictionary from which one usual confusion of letters leads here."""
    if len(word) < 6:
        return ""
    for one, other in _CONFUSED:
        for wrong, right in ((one, other), (other, one)):
            for candidate in _exchanged(word, wrong, right):
                if is_known(candidate):
                    return candidate
    return ""


def _exchanged(word: str, wrong: str, right: str) -> Iterator[str]:
    if not wrong:
        yield from (word[:place] + right + word[place:] for place in range(1, len(word) + 1))
        return
    place = word.find(wrong)
    while place >= 0:
        yield word[:place] + right + word[place + len(wrong) :]
        place = word.find(wrong, place + 1)


def _neighbours(word: str, letters: str) -> Iterator[tuple[int, str]]:
    """Every text one slip away, with the place of the slip."""
    for place in range(len(word) + 1):
        left, right = word[:place], word[place:]
        yield from ((place, left + letter + right) for letter in letters)
        if right:
            yield place, left + right[1:]
            yield from ((place, left + letter + right[1:]) for letter in letters if letter != right[0])
        if len(right) > 1 and right[0] != right[1]:
            yield place, left + right[1] + right[0] + right[2:]


def _holds(candidate: str, place: int, pieces: frozenset[str]) -> bool:
    """Whether the letters around the slip stand so in common words too: most candidates are not worth a look-up."""
    padded = f"^{candidate}$"
    return all(padded[at : at + 3] in pieces for at in range(max(0, place - 1), min(place + 3, len(padded) - 2)))
