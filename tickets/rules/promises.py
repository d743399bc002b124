"""Which policy is meant, when its steps are due, and how the clock of the whole answer runs. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from tickets.rules import sla
from tickets.rules.sla import Week

Policy = TypeVar("Policy")
Key = tuple[str, int | None, str]  # channel, topic, priority; an empty one means any

WARNED, BREACHED, ESCALATED = "warned", "breached", "escalated"
ANSWER, RESOLUTION = "answer", "resolution"


def keys_of(channel: str, topics: Sequence[int], priority: str) -> Iterator[Key]:
    """From the most specific to the least: whoever names more wins, then the topic, the priority, the channel.

    ``topics`` are the ticket's own and those above it, the nearest first: of two that name as many the nearest wins.
    """
    for has_topic, has_priority, has_channel in (
        (1, 1, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0),
    ):  # fmt: skip
        for topic in topics if has_topic else (None,):
            yield channel if has_channel else "", topic, priority if has_priority else ""


def chosen(policies: Mapping[Key, Policy], channel: str, topics: Sequence[int], priority: str) -> Policy | None:
    return next((policies[key] for key in keys_of(channel, topics, priority) if key in policies), None)


@dataclass(frozen=True)
class Resolution:
    """The clock of the whole answer: working seconds already used, and since when it runs; None means it rests."""

    used: float = 0.0
    runs_since: datetime | None = None
    due_at: datetime | None = None
    warn_at: datetime | None = None


def run(clock: Resolution, at: datetime, *, target: int | None, warn_time: int, week: Week) -> Resolution:
    """It is our turn: the clock goes on with what is left. A clock that runs is left alone."""
    if target is None or clock.runs_since is not None:
        return clock
    left = max(target - clock.used, 0)
    return replace(
        clock,
        runs_since=at,
        due_at=sla.add_working(week, at, left),
        warn_at=sla.add_working(week, at, max(left - warn_time, 0)),
    )


def rest(clock: Resolution, at: datetime, *, week: Week) -> Resolution:
    """It is the borrower's turn, or all is said: what was used is kept."""
    if clock.runs_since is None:
        return clock
    used = clock.used + sla.working_between(week, clock.runs_since, at)
    return Resolution(used=used, runs_since=None, due_at=None, warn_at=None)


@dataclass(frozen=True)
class Step:
    """One step of a chain: what, of which clock, when, and which roles hear of it."""

    clock: str
    kind: str
    at: datetime
    roles: tuple[str, ...]
    number: int = 0


def steps_of(
    clock: str, *, warn_at: datetime | None, due_at: datetime | None, chain: Sequence[tuple[int, str]]
) -> list[Step]:
    """Whoever leads it is warned, the supervisors hear of the breach, further roles so many minutes after it."""
    if due_at is None:
        return []
    warned = [Step(clock, WARNED, warn_at, ("assignee",))] if warn_at is not None and warn_at < due_at else []
    later = [
        Step(clock, ESCALATED, due_at + timedelta(minutes=minutes), (role,), number)
        for number, (minutes, role) in enumerate(chain, 1)
    ]
    return [*warned, Step(clock, BREACHED, due_at, ("assignee", "supervisor")), *later]


def due_and_next(steps: Sequence[Step], now: datetime) -> tuple[list[Step], datetime | None]:
    """What is due by now, and when to look again."""
    coming = [step.at for step in steps if step.at > now]
    return [step for step in steps if step.at <= now], min(coming, default=None)
