"""Which conversations people review: seven ways of drawing, the same again from the same seed.

A plan draws from the conversations that ended since it last drew. With each it tells the chance with which it was
drawn, by which reviews are weighted. A quota of a week is spread over its working days: what is wanted of a period may
be a fraction, which is rounded at random, so that the chance is exactly the quota over the number there was.
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

WEEK = 5  # working days
MONTH = 30  # days
NEW_FOR = 7  # days: the first week
BEGINNER_FOR = 30
MOST = 20  # of risks or outliers at once


@dataclass(frozen=True)
class Candidate:
    """One scored conversation that ended in the period."""

    id: int
    agent: str
    channel: str = "chat"
    topic: str = ""
    day: date = date.min
    agent_age: int = 9999  # days since the agent began
    messages: int = 0
    duration: float = 0.0  # seconds
    transfers: int = 0
    signals: tuple[str, ...] = ()  # codes of what makes it risky
    chance_of_complaint: float | None = None
    failed_checks: frozenset[str] = frozenset()
    passed_checks: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Drawn:
    """A conversation to review, the chance with which it was drawn, and why."""

    id: int
    probability: float
    why: Mapping[str, Any] = field(default_factory=dict)


Rule = Callable[[Sequence[Candidate], Mapping[str, Any], random.Random], list[Drawn]]


def draw(kind: str, candidates: Iterable[Candidate], settings: Mapping[str, Any], *, seed: str) -> list[Drawn]:
    """What the plan takes; neither the order of the candidates nor the process matters."""
    ordered = sorted(candidates, key=lambda one: one.id)
    return RULES[kind](ordered, settings, random.Random(f"{kind}:{seed}"))


def random_by_agent(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """So many a week of each agent."""
    return _weekly(candidates, float(settings.get("per_agent", 5)), dice, lambda one: {"agent": one.agent})


def stratified(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """So many a week of each channel and topic."""
    strata = lambda one: {"channel": one.channel, "topic": one.topic}  # noqa: E731
    return _weekly(candidates, float(settings.get("per_stratum", 3)), dice, strata)


def risky(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """Confirmed critical failures, low ratings, broken promises, and the top of the complaint forecast."""
    share = float(settings.get("top_share", 0.05))
    forecast = sorted((one for one in candidates if one.chance_of_complaint is not None), key=_likeliest)
    top = {one.id for one in forecast[: math.ceil(len(forecast) * share - 1e-9)]}
    found = [(one, (*one.signals, *(("forecast",) if one.id in top else ()))) for one in candidates]
    return _at_most([(one, {"signals": list(why)}) for one, why in found if why], settings, dice)


def outliers(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """Longer, slower or handed on oftener than the median of their topic by so many MADs."""
    mads = float(settings.get("mads", 3))
    found: dict[int, dict[str, float]] = {}
    for group in _grouped(candidates, lambda one: {"topic": one.topic}).values():
        for name in ("messages", "duration", "transfers"):
            limit = _limit([float(getattr(one, name)) for one in group], mads)
            for one in group:
                if getattr(one, name) > limit:
                    found.setdefault(one.id, {})[name] = float(getattr(one, name))
    return _at_most([(one, {"beyond": found[one.id]}) for one in candidates if one.id in found], settings, dice)


def of_new_agents(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """All, or a share, of an agent's first week; then so many a week of the first month."""
    first = [one for one in candidates if one.agent_age < NEW_FOR]
    later = [one for one in candidates if NEW_FOR <= one.agent_age < BEGINNER_FOR]
    share = float(settings.get("first_week_share", 1))
    drawn = _of_groups(_grouped(first, _agent), lambda group: len(group) * share, dice, {"phase": "first_week"})
    weekly = _weekly(later, float(settings.get("first_month", 10)), dice, _agent)
    return drawn + [Drawn(one.id, one.probability, {**one.why, "phase": "first_month"}) for one in weekly]


def for_checks(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """Of every check so many failed and so many passed ones a month; gives its precision and its miss rate."""
    days = max(1, len({one.day for one in candidates}))
    chances: dict[int, list[tuple[float, str]]] = {}
    taken: dict[int, dict[str, Any]] = {}
    for code in sorted({code for one in candidates for code in one.failed_checks | one.passed_checks}):
        for name, field_name in (("flagged", "failed_checks"), ("unflagged", "passed_checks")):
            group = [one for one in candidates if code in getattr(one, field_name)]
            picked, chance = _pick(group, float(settings.get(name, 20)) * days / MONTH, dice)
            for one in group:
                chances.setdefault(one.id, []).append((chance, code))
            for one in picked:
                taken.setdefault(one.id, {"checks": []})["checks"].append({"code": code, "as": name})
    return [Drawn(id, _any_of(chance for chance, _ in chances[id]), why) for id, why in sorted(taken.items())]  # noqa: A001


def second_reviews(candidates: Sequence[Candidate], settings: Mapping[str, Any], dice: random.Random) -> list[Drawn]:
    """A share of what was reviewed, for another reviewer."""
    picked, chance = _pick(candidates, len(candidates) * float(settings.get("share", 0.05)), dice)
    return [Drawn(one.id, chance, {"second": True}) for one in picked]


RULES: dict[str, Rule] = {
    "random": random_by_agent,
    "stratified": stratified,
    "risk": risky,
    "outliers": outliers,
    "new_agents": of_new_agents,
    "checks": for_checks,
    "second": second_reviews,
}


def assign_evenly(
    ids: Iterable[int], reviewers: Sequence[str], *, load: Mapping[str, int], barred: Mapping[int, frozenset[str]]
) -> dict[int, str | None]:
    """Each to whoever has least to do and may; None where nobody may. ``barred``: who may not review it."""
    loads = {reviewer: load.get(reviewer, 0) for reviewer in reviewers}
    found: dict[int, str | None] = {}
    for id in ids:  # noqa: A001
        able = [reviewer for reviewer in reviewers if reviewer not in barred.get(id, frozenset())]
        found[id] = min(able, key=lambda one: (loads[one], reviewers.index(one)), default=None)
        if chosen := found[id]:
            loads[chosen] += 1
    return found


def _weekly(
    candidates: Sequence[Candidate], quota: float, dice: random.Random, stratum: Callable[[Candidate], dict[str, str]]
) -> list[Drawn]:
    """A week's quota of each group, spread over the days on which the group had conversations."""
    wanted = lambda group: quota * len({one.day for one in group}) / WEEK  # noqa: E731
    return _of_groups(_grouped(candidates, stratum), wanted, dice)


def _of_groups(
    groups: Mapping[tuple[tuple[str, str], ...], list[Candidate]],
    wanted: Callable[[list[Candidate]], float],
    dice: random.Random,
    why: Mapping[str, Any] | None = None,
) -> list[Drawn]:
    drawn = []
    for key, group in sorted(groups.items()):
        picked, chance = _pick(group, wanted(group), dice)
        drawn += [Drawn(one.id, chance, {**dict(key), **(why or {})}) for one in picked]
    return drawn


def _pick(group: Sequence[Candidate], wanted: float, dice: random.Random) -> tuple[list[Candidate], float]:
    """So many at random, a fraction rounded at random; and the chance that each of the group had."""
    if not group or wanted <= 0:
        return [], 0.0
    wanted = min(wanted, float(len(group)))
    whole = int(wanted)
    number = whole + (dice.random() < wanted - whole)
    return dice.sample(list(group), number), wanted / len(group)


def _at_most(
    found: Sequence[tuple[Candidate, dict[str, Any]]], settings: Mapping[str, Any], dice: random.Random
) -> list[Drawn]:
    picked, chance = _pick([one for one, _ in found], float(settings.get("most", MOST)), dice)
    reasons = {one.id: why for one, why in found}
    return [Drawn(one.id, chance, reasons[one.id]) for one in picked]


def _limit(values: Sequence[float], mads: float) -> float:
    middle = median(values)
    return middle + mads * median(abs(value - middle) for value in values)


def _any_of(chances: Iterable[float]) -> float:
    """The chance that one of several independent draws takes it."""
    none = 1.0
    for chance in chances:
        none *= 1 - chance
    return min(1.0, 1 - none)


def _grouped(
    candidates: Iterable[Candidate], stratum: Callable[[Candidate], dict[str, str]]
) -> dict[tuple[tuple[str, str], ...], list[Candidate]]:
    groups: dict[tuple[tuple[str, str], ...], list[Candidate]] = {}
    for one in candidates:
        groups.setdefault(tuple(stratum(one).items()), []).append(one)
    return groups


def _agent(one: Candidate) -> dict[str, str]:
    return {"agent": one.agent}


def _likeliest(one: Candidate) -> tuple[float, int]:
    return (-(one.chance_of_complaint or 0.0), one.id)
