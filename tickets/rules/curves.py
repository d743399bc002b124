"""Cumulative curves as geometry: which share was answered by when, on a logarithmic axis of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

TIMES = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 57600, 86400)
TICKS = (10, 30, 60, 300, 1800, 7200, 28800, 86400)
SHARES = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Frame:
    """The drawing's size and the margins of its axes."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int

    def x(self, seconds: float) -> float:
        first, last = log(TIMES[0]), log(TIMES[-1])
        share = (log(max(seconds, TIMES[0])) - first) / (last - first)
        return round(self.left + share * (self.width - self.left - self.right), 1)

    def y(self, share: float) -> float:
        return round(self.top + (1 - share) * (self.height - self.top - self.bottom), 1)


WIDE = Frame(width=1096, height=330, left=52, right=84, top=14, bottom=38)
NARROW = Frame(width=330, height=236, left=44, right=8, top=30, bottom=30)


def path_of(frame: Frame, points: Sequence[tuple[int, float]]) -> str:
    """The curve as the ``d`` of an SVG path; it ends where everybody has been answered."""
    done = next((at for at, (_, share) in enumerate(points) if share == 1), len(points) - 1)
    return " ".join(
        f"{'L' if at else 'M'}{frame.x(seconds)} {frame.y(share)}"
        for at, (seconds, share) in enumerate(points[: done + 1])
    )
