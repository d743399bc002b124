"""Charts of a week hour by hour, as geometry: a line, another beside it, and the band in which a value may lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from tickets.rules.charts import BOTTOM, HEIGHT, LEFT, TOP, round_up

WIDTH = 960

Values = Sequence[float | None]


@dataclass(frozen=True)
class Drawn:
    """One drawing with the top of its scale."""

    band: str
    line: str
    beside: str
    top: float
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - BOTTOM
    ceiling: int = TOP


def drawn(low: Values, line: Values, high: Values, beside: Values = ()) -> Drawn:
    top = round_up(max((value for many in (line, high, beside) for value in many if value is not None), default=0.0))
    return Drawn(band=_band(low, high, top), line=_stairs(line, top), beside=_stairs(beside, top), top=top)


def _band(low: Values, high: Values, top: float) -> str:
    """A box for each hour that has an interval."""
    return " ".join(
        f"M{_x(at, len(low))} {_y(first, top)}H{_x(at + 1, len(low))}V{_y(last, top)}H{_x(at, len(low))}z"
        for at, (first, last) in enumerate(zip(low, high, strict=True))
        if first is not None and last is not None and last > first
    )


def _stairs(values: Values, top: float) -> str:
    parts, is_drawn = [], False
    for at, value in enumerate(values):
        if value is not None:
            y = _y(value, top)
            begins = f"V{y}" if is_drawn else f"M{_x(at, len(values))} {y}"
            parts.append(f"{begins}H{_x(at + 1, len(values))}")
        is_drawn = value is not None
    return " ".join(parts)


def _x(at: int, count: int) -> float:
    return round(LEFT + (WIDTH - 2 * LEFT) * at / max(1, count), 1)


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(value / top, 1.0), 1)
