"""Did a talk help? The change of one agent against everybody else's change in the same time.

The estimate is the difference-in-differences of practices with one agent in the treated arm. One agent has no spread of
their own, so the interval is the one in which the change of one more agent who was not coached would lie: s·√(1 + 1/n)
of the others' changes, with Student's t.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from quality.rules.statistics.distributions import two_sided_t
from quality.rules.statistics.effects import LEAST_AGENTS, Verdict, effect_of_changes, verdict_of
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import variance

DAYS = 28  # before and after the talk
LEAST_DIALOGS = 10  # of the agent in each period
MIN_EFFECT = 5.0  # points

Window = tuple[date, date]


def windows(held_on: date, today: date) -> tuple[Window, Window]:
    """Four weeks before the day of the talk, and what has passed of the four from it on; both ends included."""
    before = (held_on - timedelta(days=DAYS), held_on - timedelta(days=1))
    return before, (held_on, min(held_on + timedelta(days=DAYS - 1), today - timedelta(days=1)))


def is_over(held_on: date, today: date) -> bool:
    return today > held_on + timedelta(days=DAYS)


def effect_of_one(change: float, others: Sequence[float]) -> tuple[Estimate, Verdict]:
    """The effect in points of the coached criteria, and its word."""
    found = effect_of_changes([change], list(others)).estimate
    n = len(others)
    if n < LEAST_AGENTS or found.value is None:
        return found, Verdict.NOT_ENOUGH
    margin = two_sided_t(n - 1) * math.sqrt(variance(others) * (1 + 1 / n))
    estimate = replace(found, lo=found.value - margin, hi=found.value + margin, method="did_one", smallest=n)
    return estimate, verdict_of(estimate, upwards=True, min_effect=MIN_EFFECT)
