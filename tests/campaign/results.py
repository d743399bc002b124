"""Results, appended round by round to a file of JSON lines, and the table of all of them."""

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from tests.campaign.faults import FAULTS

HEAD = (
    "| fault | server | count | messages | lost | doubled | out of order | readers differing | other "
    "| drained p50 / p95 / max, s | goal p95, s |"
)
SHOWN = ("lost", "doubled", "misordered", "readers")


class Results:
    """The file; rounds count once the chapter they belong to was checked."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows: list[dict[str, Any]] = []
        if path is not None and path.exists():
            self.rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]

    def add(self, **row: Any) -> None:
        self.rows.append(row)
        if self.path is not None:
            with self.path.open("a") as file:
                print(json.dumps(row, ensure_ascii=False), file=file)

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        return {row["chapter"]: row for row in self.rows if row["row"] == "check"}

    @property
    def rounds(self) -> list[dict[str, Any]]:
        checked = self.checks
        return [row for row in self.rows if row["row"] == "round" and row["chapter"] in checked]

    def count(self, fault: str) -> int:
        """Rounds of a fault that were made and checked."""
        return sum(row["fault"] == fault for row in self.rounds)

    def table(self) -> str:
        """One line for each fault and server; what a chapter found wrong stands at every fault it held."""
        groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for row in self.rounds:
            groups[row["fault"], row["server"]].append(row)
        order = {name: place for place, name in enumerate(FAULTS)}
        lines = [HEAD, "|" + "---|" * (HEAD.count("|") - 1)]
        for (fault, server), rows in sorted(groups.items(), key=lambda item: (order.get(item[0][0], 999), item[0])):
            lines.append(self._line(fault, server, rows))
        return "\n".join(lines)

    def _line(self, fault: str, server: str, rows: list[dict[str, Any]]) -> str:
        wrong: Counter[str] = Counter()
        for chapter in {row["chapter"] for row in rows}:
            wrong.update(self.checks[chapter]["wrong"])
        shown = " | ".join(str(wrong.pop(kind, 0)) for kind in SHOWN)
        known = FAULTS.get(fault)
        words, goal = (known.words, f"{known.goal:g}") if known else (fault, "–")
        took = sorted(row["recovery"] for row in rows)
        figures = " / ".join(f"{value:.1f}" for value in (at(took, 0.5), at(took, 0.95), took[-1]))
        messages = sum(row["messages"] for row in rows)
        return (
            f"| {words} | {server} | {len(rows):,} | {messages:,} | {shown} | {sum(wrong.values())} "
            f"| {figures} | {goal} |"
        )


def at(values: list[float], share: float) -> float:
    """The percentile of sorted values."""
    return values[min(len(values) - 1, int(share * len(values)))]
