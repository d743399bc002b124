"""Misspelt Russian words, on lines as typed and as corrected (RUSpellRU).

A word as typed is misspelt when it has no equal in the corrected line at its place (longest matching blocks of words,
case and «ё» aside); words run together or torn apart are misspelt too. What is measured is the *sure* finding.
"""

import re
import time
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

from quality.rules.benchmarks.base import Absent, Row, file_in, lines_of, share
from quality.rules.spelling import misspelt_in
from quality.rules.wording import fold

SOURCES, CORRECTIONS = "ruspell/sources.txt", "ruspell/corrections.txt"
PRECISION, RECALL = 0.96, 0.55
_WORD = re.compile(r"[а-яa-z]+(?:-[а-яa-z]+)*")


def measure(folder: Path) -> Iterator[Row]:
    typed, corrected = lines_of(file_in(folder, SOURCES)), lines_of(file_in(folder, CORRECTIONS))
    if len(typed) != len(corrected):
        raise Absent(f"{SOURCES} has {len(typed)} lines and {CORRECTIONS} {len(corrected)}")
    began = time.process_time()
    words = right = flagged = wrong = 0
    for one, other in zip(typed, corrected, strict=True):
        places = [match.span() for match in _WORD.finditer(fold(one))]
        gold, found = _misspelt(one, other), _flagged(one, places)
        words += len(places)
        wrong += len(gold)
        flagged += len(found)
        right += len(gold & found)
    spent = time.process_time() - began
    yield share("spelling: precision", right, flagged, goal=PRECISION)
    yield share("spelling: recall", right, wrong, goal=RECALL)
    yield Row("spelling: wrongly flagged of 1,000 words", 1000 * (flagged - right) / max(1, words), words)
    yield Row("spelling: microseconds a word", 1e6 * spent / max(1, words), words, note="comparing lines included")


def _misspelt(typed: str, corrected: str) -> set[int]:
    """The numbers of the words that stand otherwise in the corrected line."""
    one, other = (_WORD.findall(fold(line)) for line in (typed, corrected))
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return {place for kind, start, end, _, _ in blocks if kind != "equal" for place in range(start, end)}


def _flagged(line: str, places: list[tuple[int, int]]) -> set[int]:
    found = [one.start for one in misspelt_in(line, fold(line)) if one.is_sure]
    return {number for number, (start, end) in enumerate(places) if any(start <= at < end for at in found)}
