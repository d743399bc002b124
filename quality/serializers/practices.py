"""Practices and their effects in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from quality.models import Practice, PracticeEffect
from quality.queries.practices import newest_effect
from quality.rules.metrics import KNOWN, Unit
from quality.rules.practices import Picture, picture
from quality.rules.statistics.estimates import Estimate
from quality.serializers.estimates import Shown, shown_change
from quality.serializers.estimates import Unit as Words
from quality.serializers.metrics import metric_title

TONES = {"works": "ok", "harmful": "bad", "no_evidence": "", "not_enough": ""}


@dataclass(frozen=True)
class EffectRow:
    """One measurement. ``picture`` is None when there is no interval to draw."""

    effect: PracticeEffect
    estimate: Shown
    tone: str
    picture: Picture | None
    adoption: list[float]
    adjusted: Shown | None
    agents_needed: int | None
    is_parallel: bool | None


def practice_rows(found: Iterable[Practice]) -> list[dict[str, Any]]:
    rows = []
    for one in found:
        newest, metric = newest_effect(one), KNOWN.get(one.metric)
        rows.append(
            {
                "practice": one,
                "metric": metric_title(metric) if metric else one.metric,
                "effect": _row(one, newest) if newest else None,
            }
        )
    return rows


def effect_rows(practice: Practice) -> list[EffectRow]:
    """Every measurement, the newest first: nobody chooses among them."""
    return [_row(practice, one) for one in practice.effects.order_by("-computed_at")[:50]]


def _row(practice: Practice, one: PracticeEffect) -> EffectRow:
    adjusted = one.details.get("adjusted")
    return EffectRow(
        effect=one,
        estimate=_shown(practice, _estimate(one.estimate, one.lo, one.hi, one)),
        tone=TONES.get(one.verdict, ""),
        picture=_picture(practice, one),
        adoption=one.details.get("adoption", []),
        adjusted=_shown(practice, _estimate(adjusted["value"], adjusted["lo"], adjusted["hi"], one))
        if adjusted
        else None,
        agents_needed=one.details.get("agents_needed"),
        is_parallel=None if one.pretrend_p is None else one.pretrend_p >= 0.05,
    )


def _estimate(value: float | None, lo: float | None, hi: float | None, one: PracticeEffect) -> Estimate:
    n, smallest = one.n_treated + one.n_control, min(one.n_treated, one.n_control)
    return Estimate(value=value, lo=lo, hi=hi, n=n, method=one.method, least=4, smallest=smallest)


def _shown(practice: Practice, estimate: Estimate) -> Shown:
    """A change of a share is told in points: per cent of a share would be ambiguous."""
    metric = KNOWN.get(practice.metric)
    if metric is not None and metric.unit == Unit.SHARE:
        return shown_change(estimate.scaled(100))
    return shown_change(estimate, unit=Words.TIME if metric is not None and metric.unit == Unit.TIME else Words.POINTS)


def _picture(practice: Practice, one: PracticeEffect) -> Picture | None:
    if one.estimate is None or one.lo is None or one.hi is None:
        return None
    sign = 1 if practice.direction == Practice.Direction.UP else -1
    return picture(value=one.estimate, lo=one.lo, hi=one.hi, wanted=sign * abs(practice.min_effect))
