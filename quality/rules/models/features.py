"""What a model of text sees: stems and pairs of stems, and pieces of two to five letters within each word.

The trainer and the model that runs call the same two functions, so that they cannot differ.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from quality.rules.models.words import Word, words

SHORTEST, LONGEST = 2, 5


def stems_of(text: str) -> list[str]:
    """Stems and pairs of neighbouring stems."""
    return _stems(words(text))


def pieces_of(text: str) -> list[str]:
    """Pieces of letters of every word, its edges counted as letters."""
    return [piece for word in words(text) for piece in pieces(word.text)]


def seen_in(found: Sequence[Word]) -> tuple[list[str], list[str]]:
    """Both kinds of features of words already found."""
    return _stems(found), [piece for word in found for piece in pieces(word.text)]


@lru_cache(maxsize=50_000)
def pieces(word: str) -> tuple[str, ...]:
    """``card`` gives ``" c"``, ``"ca"`` … ``"ard "``."""
    edged = f" {word} "
    return tuple(
        edged[start : start + length]
        for length in range(SHORTEST, min(LONGEST, len(edged)) + 1)
        for start in range(len(edged) - length + 1)
    )


def pair(first: Word, second: Word) -> str:
    return f"{first.stem} {second.stem}"


def _stems(found: Sequence[Word]) -> list[str]:
    pairs = [pair(first, second) for first, second in pairwise(found)]
    return [word.stem for word in found] + pairs
