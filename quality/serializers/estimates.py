"""How an estimate is shown, everywhere alike: its value, where it may lie, how much it rests on; weak ones greyed."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quality.rules.statistics.estimates import Estimate
from supportdesk.templatetags.desk import as_percent, duration, figure, typo

MINUS = "\u2212"


class Unit(StrEnum):
    """What the numbers of an estimate are."""

    POINTS = "points"
    SHARE = "share"
    TIME = "time"
    RATIO = "ratio"


@dataclass(frozen=True)
class Shown:
    """The texts of an estimate for ``quality/_estimate.html``; ``interval`` is empty when there is none."""

    value: str
    interval: str
    n: int
    is_weak: bool
    words: str

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


def estimate_json(estimate: Estimate) -> dict[str, Any]:
    """As the API answers it. Shares stay between 0 and 1."""
    return {
        "value": estimate.value,
        "lo": estimate.lo,
        "hi": estimate.hi,
        "n": estimate.n,
        "method": estimate.method,
        "is_weak": estimate.is_weak,
    }


def shown(estimate: Estimate, *, unit: Unit = Unit.POINTS, digits: int = 1) -> Shown:
    """A level, such as a score: ``84,2``, ``81,0–87,4``."""
    return _shown(estimate, lambda value: _number(value, unit, digits), unit)


def shown_change(estimate: Estimate, *, unit: Unit = Unit.POINTS, digits: int = 1) -> Shown:
    """A difference, with its sign: ``+2,1``, ``от −0,3 до +4,5``."""
    return _shown(estimate, lambda value: ("+" if value > 0 else "") + _number(value, unit, digits), unit)


def _shown(estimate: Estimate, number: Callable[[float], str], unit: Unit) -> Shown:
    if estimate.value is None:
        return Shown(value=_("no data"), interval="", n=estimate.n, is_weak=True, words=_resting(estimate))
    interval = "" if estimate.lo is None or estimate.hi is None else _interval(estimate.lo, estimate.hi, number, unit)
    return Shown(
        value=number(estimate.value),
        interval=interval,
        n=estimate.n,
        is_weak=estimate.is_weak,
        words=_sentence(interval, estimate),
    )


def _sentence(interval: str, estimate: Estimate) -> str:
    """What the figure means, for those who point at it and for those who hear it."""
    parts = [_resting(estimate)]
    if interval:
        parts.insert(0, _("with 95 %% confidence %(interval)s") % {"interval": interval})
    if estimate.is_weak:
        parts.append(_("too few to rely on"))
    return typo("; ".join(parts))


def _resting(estimate: Estimate) -> str:
    return ngettext("from %(n)d observation", "from %(n)d observations", estimate.n) % {"n": estimate.n}


def _interval(lo: float, hi: float, number: Callable[[float], str], unit: Unit) -> str:
    low, high = number(lo), number(hi)
    if low[0] in {MINUS, "+"} or high[0] in {MINUS, "+"} or unit == Unit.TIME:
        return pgettext("interval", "%(lo)s to %(hi)s") % {"lo": low, "hi": high}
    return f"{low.rstrip(' %' + chr(160))}–{high}" if unit == Unit.SHARE else f"{low}–{high}"


def _number(value: float, unit: Unit, digits: int) -> str:
    if unit == Unit.TIME:
        return duration(value)
    places = 0 if unit == Unit.SHARE else digits
    text = as_percent(value, places) if unit == Unit.SHARE else figure(round(value, places), places)
    text = text.replace("-", MINUS) if any(digit in "123456789" for digit in text) else text.replace("-", "")
    return f"× {text}" if unit == Unit.RATIO else text
