"""A line of twelve weeks on a scale of points, drawn once for every page: wide, and narrow for phones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from quality.queries.metrics import MetricRow
from quality.serializers.estimates import Shown, shown

WEEKS, STEP, TOP = 12, 20, 100
LEFT, RIGHT, ABOVE, BELOW = 36.0, 12.0, 14.0, 28.0
SPARK = (72.0, 20.0)


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    lo: float
    hi: float
    week: date
    estimate: Shown


@dataclass(frozen=True)
class Line:
    """``css`` is the ink: ``chat`` or ``mail`` of static/css/desk.css; a week without data leaves a hole."""

    title: str
    css: str
    path: str
    dots: list[Dot]


@dataclass(frozen=True)
class Picture:
    css: str
    width: float
    height: float
    base: float
    right: float
    lines: list[Line]
    grid: list[tuple[int, float]]
    weeks: list[tuple[date, float]]
    mark: float | None


@dataclass(frozen=True)
class Trend:
    """Two pictures of the same, and the table beside them: a week, and what each line says of it."""

    pictures: list[Picture] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    rows: list[tuple[date, list[Shown | None]]] = field(default_factory=list)
    mark: int | None = None


def trend_of(series: Mapping[str, Sequence[MetricRow]], today: date, *, mark: int | None = None) -> Trend:
    """Lines by their titles, people's first; ``mark`` is the pass mark."""
    known = {title: [row for row in rows if row.estimate.is_known] for title, rows in series.items()}
    if not any(known.values()):
        return Trend(mark=mark)
    first = today - timedelta(weeks=WEEKS - 1, days=today.weekday())
    weeks = [first + timedelta(weeks=step) for step in range(WEEKS)]
    found = [row.estimate for rows in known.values() for row in rows]
    lowest = min((one.lo if one.lo is not None else one.value or 0.0) for one in found)
    least = int(max(0.0, lowest) // STEP * STEP)
    pictures = [
        _picture("ch--w", 1096, 220, weeks, known, min(least, 80), mark),
        _picture("ch--n", 330, 170, weeks, known, min(least, 80), mark),
    ]
    said = {title: {row.key: shown(row.estimate) for row in rows} for title, rows in known.items()}
    rows = [(week, [said[title].get(week) for title in known]) for week in weeks]
    return Trend(pictures, list(known), [row for row in rows if any(row[1])], mark)


def spark_of(rows: Sequence[MetricRow]) -> tuple[str, float, float] | None:
    """The small line beside a name, with the place of its last point."""
    values = [row.estimate.value for row in rows if row.estimate.value is not None]
    if len(values) < 2:
        return None
    least, most = min(values), max(values)
    width, height = SPARK
    places = [
        (
            round(2 + at * (width - 6) / (len(values) - 1), 1),
            round(height - 3 - (value - least) / ((most - least) or 1) * (height - 6), 1),
        )
        for at, value in enumerate(values)
    ]
    return "M" + " L".join(f"{x} {y}" for x, y in places), *places[-1]


def _picture(
    css: str,
    width: float,
    height: float,
    weeks: Sequence[date],
    known: Mapping[str, Sequence[MetricRow]],
    least: int,
    mark: int | None,
) -> Picture:
    def x(week: date) -> float:
        return round(LEFT + (width - LEFT - RIGHT) * (week - weeks[0]).days / 7 / (WEEKS - 1), 1)

    def y(value: float) -> float:
        return round(height - BELOW - (height - ABOVE - BELOW) * (max(value, least) - least) / (TOP - least), 1)

    inks = ("chat", "mail") if len(known) > 1 else ("chat",)
    lines = [
        Line(title, ink, _path([(one.x, one.y, one.week) for one in dots]), dots)
        for (title, rows), ink in zip(known.items(), inks, strict=True)
        if (dots := [_dot(row, x(row.key), y) for row in rows if row.key >= weeks[0]])
    ]
    named = [(week, x(week)) for week in (weeks[0], weeks[4], weeks[8])]
    grid = [(value, y(value)) for value in range(least, TOP + 1, STEP)]
    is_marked = mark is not None and mark >= least
    return Picture(
        css, width, height, height - BELOW, width - RIGHT, lines, grid, named, y(mark) if is_marked and mark else None
    )


def _dot(row: MetricRow, x: float, y: Callable[[float], float]) -> Dot:
    found = row.estimate
    value = found.value or 0.0
    lo, hi = (value if end is None else end for end in (found.lo, found.hi))
    return Dot(x, y(value), y(lo), y(hi), row.key, shown(found))


def _path(places: Sequence[tuple[float, float, date]]) -> str:
    parts: list[str] = []
    before: date | None = None
    for x, y, week in places:
        joins = before is not None and week - before == timedelta(weeks=1)
        parts.append(f"L{x} {y}" if joins else f"M{x} {y}")
        before = week
    return " ".join(parts)
