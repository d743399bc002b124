"""Does a new way of working work? Difference-in-differences on agents, never before and after alone.

The unit is the agent: each has one change, mean(after) − mean(before) over eligible dialogs. What moves everybody (a
season, a new rate) cancels between treated and control; what makes one agent unlike another cancels within the agent.
A naive comparison of dialogs before and after holds the truth in 26–58 of 100 intervals instead of 95.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from quality.rules.statistics.distributions import noncentral_t_tail, t_two_sided_p, two_sided_t
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import variance

LEAST_AGENTS = 4
PRETREND_BELOW = 0.05
LEAST_ADOPTION = 0.05
USUAL_DRIFT, USUAL_SPREAD = 2.0, 15.0


class Verdict(StrEnum):
    """The words of docs/metrics.md; a bare p is never shown."""

    WORKS = "works"
    NO_EVIDENCE = "no_evidence"
    HARMFUL = "harmful"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Periods:
    """An agent's values of eligible dialogs in two periods. ``adoption``: share of dialogs after that show it."""

    before: Sequence[float]
    after: Sequence[float]
    adoption: float = 0.0

    @property
    def change(self) -> float | None:
        """mean(after) − mean(before); None when a period has no dialog."""
        if not self.before or not self.after:
            return None
        return math.fsum(self.after) / len(self.after) - math.fsum(self.before) / len(self.before)


@dataclass(frozen=True)
class Effect:
    """``estimate`` in the metric's units with Welch's interval; its ``n`` counts agents. ``p`` is two-sided."""

    estimate: Estimate
    p: float | None
    n_treated: int
    n_control: int

    @property
    def is_enough(self) -> bool:
        return min(self.n_treated, self.n_control) >= LEAST_AGENTS and self.estimate.has_interval


def effect(treated: Iterable[Periods], control: Iterable[Periods]) -> Effect:
    """Intention to treat: mean change of the treated − mean change of the control, Welch's t on agents.

    Agents without dialogs in either period are left out. SE² = s₁²/n₁ + s₂²/n₂; degrees of freedom by
    Welch–Satterthwaite. Fewer than four agents an arm are not enough (``is_enough``).
    """
    return effect_of_changes(_changes(treated), _changes(control))


def effect_of_changes(treated: Sequence[float], control: Sequence[float]) -> Effect:
    """The same from one change of each agent."""
    n, smallest = len(treated) + len(control), min(len(treated), len(control))
    nothing = Estimate(None, None, None, n=n, method="did_welch", least=LEAST_AGENTS, smallest=smallest)
    if smallest == 0:
        return Effect(estimate=nothing, p=None, n_treated=len(treated), n_control=len(control))
    value = math.fsum(treated) / len(treated) - math.fsum(control) / len(control)
    lo, hi, p = _welch(value, treated, control) if smallest > 1 else (None, None, None)
    estimate = Estimate(value, lo, hi, n=n, method="did_welch", least=LEAST_AGENTS, smallest=smallest)
    return Effect(estimate=estimate, p=p, n_treated=len(treated), n_control=len(control))


def pretrend(treated: Iterable[Periods], control: Iterable[Periods]) -> Effect:
    """The same difference between two equal periods that both lie before the roll-out (``before`` and ``after``).

    There is no effect yet, so a difference says that the arms did not run in parallel.
    """
    return effect(treated, control)


def adoption_difference(treated: Iterable[Periods], control: Iterable[Periods]) -> float:
    """Mean adoption of the treated agents − that of the control."""
    ones, others = ([one.adoption for one in arm if one.change is not None] for arm in (treated, control))
    return _mean(ones) - _mean(others)


def adoption_adjusted(found: Effect, adoption: float) -> Estimate | None:
    """What it does to those who do it: intention to treat ÷ difference of adoption, which is taken as known.

    None when the arms adopted it alike (a difference below .05).
    """
    return None if adoption < LEAST_ADOPTION else found.estimate.scaled(1 / adoption)


def power(
    effect_size: float,
    *,
    n_treated: int,
    n_control: int,
    dialogs: float,
    drift: float = USUAL_DRIFT,
    spread: float = USUAL_SPREAD,
) -> float:
    """The chance (0…1) to find such an effect at 5 %.

    ``dialogs`` of each agent in each period; ``drift`` is the standard deviation of agents' own changes, ``spread``
    that of dialogs. Variance of an agent's change: drift² + 2·spread²/dialogs; noncentral t of n₁ + n₂ − 2 degrees.
    10 + 10 agents with 40 dialogs find 4 points in 58 of 100 cases.
    """
    df = n_treated + n_control - 2
    error = math.sqrt((drift**2 + 2 * spread**2 / dialogs) * (1 / n_treated + 1 / n_control))
    shift, edge = effect_size / error, two_sided_t(df)
    return noncentral_t_tail(edge, df, shift) + noncentral_t_tail(edge, df, -shift)


def agents_needed(
    effect_size: float,
    *,
    dialogs: float,
    drift: float = USUAL_DRIFT,
    spread: float = USUAL_SPREAD,
    wanted: float = 0.8,
    most: int = 500,
) -> int | None:
    """Agents an arm that find such an effect with the wanted chance; None when ``most`` are too few."""
    for agents in range(LEAST_AGENTS, most + 1):
        found = power(effect_size, n_treated=agents, n_control=agents, dialogs=dialogs, drift=drift, spread=spread)
        if found >= wanted:
            return agents
    return None


def spread_of_dialogs(agents: Iterable[Periods]) -> float | None:
    """The pooled standard deviation of dialogs within agent and period: for ``power`` of the desk's own data."""
    periods = [values for one in agents for values in (one.before, one.after) if len(values) > 1]
    degrees = sum(len(values) - 1 for values in periods)
    return math.sqrt(math.fsum(variance(v) * (len(v) - 1) for v in periods) / degrees) if degrees else None


def verdict(found: Effect, *, upwards: bool, min_effect: float, pretrend_p: float | None = None) -> Verdict:
    """The effect in one word.

    ``works``: the whole interval lies on the wanted side of 0; ``harmful``: on the other side; ``no_evidence``: it
    holds 0 although it is narrow enough to have shown the minimal effect, or the arms did not run in parallel before
    (pre-trend p < .05); ``not_enough``: under four agents an arm, or it holds 0 and its margin is wider than the
    minimal effect.
    """
    if not found.is_enough:
        return Verdict.NOT_ENOUGH
    return verdict_of(found.estimate, upwards=upwards, min_effect=min_effect, pretrend_p=pretrend_p)


def verdict_of(estimate: Estimate, *, upwards: bool, min_effect: float, pretrend_p: float | None = None) -> Verdict:
    """The word of an interval, however it was come by."""
    wanted = estimate if upwards else estimate.scaled(-1)
    if wanted.lo is None or wanted.hi is None or wanted.margin is None:
        return Verdict.NOT_ENOUGH
    if wanted.lo <= 0 <= wanted.hi:
        return Verdict.NOT_ENOUGH if wanted.margin > abs(min_effect) else Verdict.NO_EVIDENCE
    if pretrend_p is not None and pretrend_p < PRETREND_BELOW:
        return Verdict.NO_EVIDENCE
    return Verdict.WORKS if wanted.lo > 0 else Verdict.HARMFUL


def _changes(agents: Iterable[Periods]) -> list[float]:
    return [change for one in agents if (change := one.change) is not None]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _welch(value: float, ones: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """Interval and p of a difference of means whose variances need not be equal."""
    first, second = variance(ones) / len(ones), variance(others) / len(others)
    squared = first + second
    if not squared:
        return value, value, float(value == 0)
    df = squared**2 / (first**2 / (len(ones) - 1) + second**2 / (len(others) - 1))
    margin = two_sided_t(df) * math.sqrt(squared)
    return value - margin, value + margin, t_two_sided_p(value / math.sqrt(squared), df)
