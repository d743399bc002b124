"""Small charts over equal spans of time, as geometry: a line that breaks where nothing was counted, and marks."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 120  # of the drawing; CSS gives it its size on the page
LEFT, TOP, BOTTOM = 4, 10, 22
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Chart:
    """One drawing: the line, the marked spans, and the top of its scale."""

    line: str
    marks: list[float]
    top: float
    has_values: bool
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    ceiling: int = TOP
    left: int = LEFT


def chart_of(values: Sequence[float | None], marked: Sequence[bool] = (), *, least: float = 0.0) -> Chart:
    """A line through the values, oldest first; ``marked`` spans get a mark on the base line.

    The scale reaches ``least`` at any rate, a goal that is to be seen above or below the line.
    """
    known = [value for value in values if value is not None]
    top = round_up(max(*known, least) if known else least)
    marks = [_x(at, len(values)) for at, is_marked in enumerate(marked) if is_marked]
    return Chart(line=_line(values, top), marks=marks, top=top, has_values=bool(known))


def height_of(value: float, top: float) -> float:
    """Where a value stands on a drawing with this top of its scale."""
    return _y(value, top)


def round_up(value: float) -> float:
    """The next number that reads well: 1, 2, 2.5 or 5 with zeros."""
    if value <= 0:
        return 1.0
    power = 1.0
    while power * 10 <= value:
        power *= 10
    while power > value:
        power /= 10
    return round(next(step * power for step in STEPS if step * power >= value * 0.999), 6)


def _line(values: Sequence[float | None], top: float) -> str:
    parts, is_drawn = [], False
    for at, value in enumerate(values):
        if value is None:
            is_drawn = False
            continue
        x, y = _x(at, len(values)), _y(value, top)
        parts.append(f"L{x} {y}" if is_drawn else f"M{x} {y}h.1")
        is_drawn = True
    return " ".join(parts)


def _x(at: int, count: int) -> float:
    return round(LEFT + (WIDTH - 2 * LEFT) * at / max(1, count - 1), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value / top, 1.0), 1)
