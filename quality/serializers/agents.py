"""An agent's own page: the trend as a small drawing, criteria as a heat-map, talks with their effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from quality.models import CoachingSession
from quality.queries.agents import WEEKS, Heat
from quality.queries.metrics import MetricRow
from quality.rules.statistics.estimates import Estimate
from quality.serializers.calibration import estimate_of, title_of
from quality.serializers.estimates import Shown, Unit, shown, shown_change

WIDTH, HEIGHT, EDGE = 600.0, 140.0, 10.0
WEAK = 3
GOOD, FAIR = 0.9, 0.7
EFFECTS = {
    "works": (_("It helped"), "ok"),
    "no_evidence": (_("No evidence that it helped"), ""),
    "harmful": (_("It became worse"), "danger"),
    "not_enough": (_("Too little to say"), ""),
}


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    lo: float
    hi: float
    week: date
    estimate: Shown


@dataclass(frozen=True)
class Trend:
    """Twelve weeks; a week without conversations leaves a hole in the line."""

    dots: list[Dot] = field(default_factory=list)
    mark: float = 0.0

    @property
    def line(self) -> str:
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True)
class HeatRow:
    text: str
    people: Shown | None
    cells: list[tuple[Shown | None, str]]
    is_weak: bool


def trend_of(rows: Sequence[MetricRow], today: date, *, mark: float) -> Trend:
    """Points on a scale of 0 to 100 with their intervals."""
    first = today - timedelta(weeks=WEEKS) - timedelta(days=today.weekday())
    dots = [_dot(row, first) for row in rows if row.estimate.is_known]
    return Trend(dots=dots, mark=_y(mark))


def heat_rows(heat: Sequence[Heat]) -> list[HeatRow]:
    """Every criterion; the weakest of the last four weeks are marked."""
    newest = [(one.checks[-1].value if one.checks[-1].is_known else one.people.value) for one in heat]
    known = sorted(value for value in newest if value is not None and value < GOOD)
    edge = known[min(WEAK, len(known)) - 1] if known else -1.0
    return [
        HeatRow(
            text=one.criterion.text,
            people=_share(one.people),
            cells=[(_share(step), _tone(step)) for step in one.checks],
            is_weak=value is not None and value <= edge,
        )
        for one, value in zip(heat, newest, strict=True)
    ]


def coaching_rows(sessions: Sequence[CoachingSession], texts: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "session": one,
            "criteria": [texts.get(code, code) for code in one.criteria],
            "pins": [(pin.score_id, title_of(pin.score)) for pin in one.pins.all()],
            "effect": _effect(one.effect),
        }
        for one in sessions
    ]


def titled(rows: Sequence[Any]) -> list[tuple[Any, str]]:
    """Rows that lead to a score, each with what the conversation is called."""
    return [(one, title_of(one.score)) for one in rows]


def _effect(stored: Mapping[str, Any]) -> dict[str, Any] | None:
    estimate = estimate_of(stored.get("estimate"))
    if estimate is None:
        return None
    words, tone = EFFECTS[stored["verdict"]]
    facts = {name: stored[name] for name in ("before", "after", "dialogs", "others")}
    return {"words": words, "tone": tone, "estimate": shown_change(estimate), **facts}


def _dot(row: MetricRow, first: date) -> Dot:
    found = row.estimate
    value = found.value or 0.0
    x = EDGE + (WIDTH - 2 * EDGE) * ((row.key - first).days / 7) / WEEKS
    lo, hi = (value if end is None else end for end in (found.lo, found.hi))
    return Dot(round(x, 1), _y(value), _y(lo), _y(hi), row.key, shown(found))


def _y(value: float) -> float:
    return round(EDGE + (HEIGHT - 2 * EDGE) * (1 - value / 100), 1)


def _share(estimate: Estimate) -> Shown | None:
    return shown(estimate, unit=Unit.SHARE) if estimate.is_known else None


def _tone(estimate: Estimate) -> str:
    if estimate.value is None:
        return ""
    return "ok" if estimate.value >= GOOD else "mid" if estimate.value >= FAIR else "bad"
