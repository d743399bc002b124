"""The matrix: rows collected from the tests that ran, printed as one table."""

from dataclasses import dataclass
from typing import Any

HEAD = ("Id", "Input", "Count", "Expected", "Found")
LONG = "BAD_INPUT"  # of the environment: "long" asks for the long form
PROPERTY = "bad_input"  # of a test's report


@dataclass(frozen=True, slots=True)
class Row:
    """One line; ``id`` as in the bar of reliability."""

    id: str
    what: str
    count: int
    expected: str
    found: str


class Matrix:
    """Collects the rows of the tests that ran; a test that failed says so in its row."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when != "call":
            return
        rows = [Row(*fields) for name, fields in report.user_properties if name == PROPERTY]
        if report.failed and not rows:
            rows = [Row("?", report.nodeid, 0, "passes", "FAILED")]
        mark = "**FAILED** " if report.failed else ""
        self.rows += [Row(row.id, row.what, row.count, row.expected, mark + row.found) for row in rows]

    def text(self) -> str:
        lines = [HEAD, ("---", "---", "---:", "---", "---")]
        ordered = sorted(self.rows, key=lambda row: row.id)
        lines += [(row.id, row.what, f"{row.count:,}", row.expected, row.found) for row in ordered]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)
