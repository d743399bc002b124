"""An agent's own page: criteria as a heat-map, talks with their effect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from quality.models import CoachingSession
from quality.queries.agents import Heat
from quality.rules.statistics.estimates import Estimate
from quality.serializers.calibration import estimate_of, title_of
from quality.serializers.estimates import Shown, Unit, shown, shown_change

WEAK = 3
GOOD, FAIR = 0.9, 0.7
EFFECTS = {
    "works": (_("It helped"), "ok"),
    "no_evidence": (_("No evidence that it helped"), ""),
    "harmful": (_("It became worse"), "danger"),
    "not_enough": (_("Too little to say"), ""),
}


@dataclass(frozen=True)
class HeatRow:
    text: str
    people: Shown | None
    cells: list[tuple[Shown | None, str]]
    is_weak: bool


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


def _share(estimate: Estimate) -> Shown | None:
    return shown(estimate, unit=Unit.SHARE) if estimate.is_known else None


def _tone(estimate: Estimate) -> str:
    if estimate.value is None:
        return ""
    return "ok" if estimate.value >= GOOD else "mid" if estimate.value >= FAIR else "bad"
