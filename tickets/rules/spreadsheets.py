"""Lines of a table as spreadsheets read them, with nothing they would take for a formula."""

import csv
import io
from collections.abc import Sequence

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def plain(text: str) -> str:
    """Words that people wrote, never a formula."""
    return f"'{text}" if text.startswith(FORMULAS) else text


def csv_line(values: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
