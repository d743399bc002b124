"""Lines of a table as spreadsheets read them."""

import csv
import io
from collections.abc import Sequence


def csv_line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
