"""Personal data wrongly seen: texts of people who wrote none must give no finding."""

import csv
from collections.abc import Iterator
from pathlib import Path

from quality.rules.benchmarks.base import Absent, Row, file_in, lines_of
from quality.rules.personal_data import find_personal_data

COLUMNS = {"dialogue_acts/rudabank.csv": ("initial_utterance", "tagged_utterance"), "banking77/train.csv": ("text",)}
LINES = ("ruspell/sources.txt", "ruspell/corrections.txt")


def measure(folder: Path) -> Iterator[Row]:
    texts = [text for name in LINES for text in _lines(folder, name)]
    texts += [text for name, columns in COLUMNS.items() for text in _cells(folder, name, columns)]
    if not texts:
        raise Absent(f"no texts are in {folder}")
    found = sum(bool(find_personal_data(text)) for text in texts)
    yield Row("personal data: texts wrongly flagged", found, len(texts), goal=0, is_ceiling=True)


def _lines(folder: Path, name: str) -> list[str]:
    try:
        return lines_of(file_in(folder, name))
    except Absent:
        return []


def _cells(folder: Path, name: str, columns: tuple[str, ...]) -> list[str]:
    try:
        path = file_in(folder, name)
    except Absent:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row.get(column) or "" for row in csv.DictReader(file) for column in columns]
