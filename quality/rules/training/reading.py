"""Labelled texts out of a table, whatever its columns are called and in whichever order they stand."""

import csv
import io
import re
from collections.abc import Sequence

from quality.rules.training.text import Examples

TEXTS = frozenset({"text", "question", "utterance", "message", "query", "sentence", "body", "текст", "вопрос"})
LABELS = frozenset({"category", "label", "intent", "topic", "class", "тема", "категория", "метка"})
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


class BadTable(ValueError):
    """The table does not say which text has which label."""


def examples_in(content: str) -> Examples:
    """The texts and labels of a CSV; with no header the column with fewer different values holds the labels."""
    rows = [row for row in csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=_delimiter(content)) if any(row)]
    if not rows:
        raise BadTable("the table is empty")
    text, label, rest = _columns(rows)
    found = [(row[text].strip(), row[label].strip()) for row in rest if len(row) > max(text, label)]
    found = [(said, name) for said, name in found if said and name]
    if len({name for _, name in found}) < 2:
        raise BadTable("the table needs texts of at least two labels")
    return Examples([said for said, _ in found], [name for _, name in found])


def language_of(texts: Sequence[str]) -> str:
    """``ru`` when most letters are Cyrillic."""
    joined = " ".join(texts[:1000])
    return "ru" if len(_CYRILLIC.findall(joined)) > len(_LATIN.findall(joined)) else "en"


def _columns(rows: Sequence[Sequence[str]]) -> tuple[int, int, Sequence[Sequence[str]]]:
    head = [name.strip().lower() for name in rows[0]]
    texts = [at for at, name in enumerate(head) if name in TEXTS]
    labels = [at for at, name in enumerate(head) if name in LABELS]
    if texts and labels:
        return texts[0], labels[0], rows[1:]
    if len(head) != 2:
        raise BadTable("name the columns `text` and `category`")
    first, second = ({row[at] for row in rows if len(row) == 2} for at in (0, 1))
    return (1, 0, rows) if len(first) < len(second) else (0, 1, rows)


def _delimiter(content: str) -> str:
    head = content.split("\n", 1)[0]
    return max(",;\t", key=head.count)
