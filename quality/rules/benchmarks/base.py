"""The shape of a measurement: a figure with its interval, n and goal."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from quality.rules.statistics.intervals import wilson


class Absent(Exception):
    """The files of a measure are not there, or hold nothing of what it measures."""


@dataclass(frozen=True)
class Row:
    """One figure. ``goal`` is what it must reach: at least, or at most when ``is_ceiling``; None when it has none."""

    name: str
    value: float
    n: int
    lo: float | None = None
    hi: float | None = None
    goal: float | None = None
    is_ceiling: bool = False
    note: str = ""

    @property
    def is_reached(self) -> bool | None:
        if self.goal is None:
            return None
        return self.value <= self.goal if self.is_ceiling else self.value >= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_reached": self.is_reached}


Measure = Callable[[Path], Iterator[Row]]


def share(name: str, successes: int, n: int, *, goal: float | None = None, note: str = "") -> Row:
    """A share with Wilson's interval."""
    known = wilson(successes, n)
    return Row(name, successes / n if n else 0.0, n, known.lo, known.hi, goal, note=note)


def file_in(folder: Path, *names: str) -> Path:
    """The file by its usual place, or anywhere in the folder by its name; raises ``Absent``."""
    for name in names:
        for path in (folder / name, folder / Path(name).name):
            if path.is_file():
                return path
        if found := sorted(folder.rglob(Path(name).name)):
            return found[0]
    raise Absent(f"{names[0]} is not in {folder}")


def lines_of(path: Path) -> list[str]:
    """The lines as they stand; an empty one may be a pair of something."""
    return path.read_text(encoding="utf-8-sig").rstrip("\n").split("\n")
