"""How facts of the log become figures that add up: by day and half-hour, agent, topic and channel."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import fsum
from typing import NamedTuple
from uuid import UUID

from tickets.rules.allotment import Matter, Stretch
from tickets.rules.histograms import sparse

HALF_HOUR = timedelta(minutes=30)
TIMED = ("first_response", "next_response", "resolution", "handle_time")  # their durations are kept as histograms
BY_HALF_HOUR = ("opened", "first_response", "resolution", "chat_time", "busy", "line_time")
ALL, AGENTS, TOPICS, BOTH = range(4)  # by what a figure is split beside its channel


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened to a ticket, and what it measures. ``success`` is what a share counts."""

    measure: str
    at: datetime
    ticket: int | None  # of a survey asked in a wave there is none
    agent: UUID | None
    topic: int | None
    channel: str
    value: float = 0.0
    success: bool = False


class Key(NamedTuple):
    """What a figure is of. None is a value of its own, not "all": ``by`` says which of the two are told apart."""

    by: int
    measure: str
    channel: str
    agent: UUID | None
    topic: int | None


@dataclass
class Figure:
    """A count, the successes of it, a sum, and how the single values are spread (or seconds at each level)."""

    n: int = 0
    k: int = 0
    values: list[float] = field(default_factory=list)
    levels: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))

    @property
    def total(self) -> float:
        """The same to the last digit in whatever order the values came."""
        return round(fsum(self.values), 3)

    def counts(self, measure: str) -> dict[int, float]:
        if measure == "busy":
            return {level: round(seconds, 3) for level, seconds in sorted(self.levels.items())}
        return dict(sparse(self.values)) if measure in TIMED else {}


Figures = dict[Key, Figure]


@dataclass
class Rolled:
    """A day: its figures, and those of each of its half-hours."""

    day: Figures = field(default_factory=lambda: defaultdict(Figure))
    halves: dict[int, Figures] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Figure)))

    def add_fact(self, fact: Fact, half: int) -> None:
        for key in keys_of(fact.measure, fact.channel, fact.agent, fact.topic):
            for figures in self._where(fact.measure, half):
                figure = figures[key]
                figure.n += 1
                figure.k += fact.success
                figure.values.append(fact.value)

    def add_stretch(self, agent: UUID, stretch: Stretch, half: int) -> None:
        """What an agent's time says: seconds on the line, with a chat, of chats, and what each matter cost."""
        self._add_time("line_time", "", agent, stretch, half)
        if stretch.level:
            self._add_time("busy", "chat", agent, stretch, half)
        for matter, count in stretch.chats.items():
            self._add_seconds("chat_time", matter, agent, stretch.seconds * count, half)
        for matter, seconds in stretch.allotted():
            self._add_seconds("spent", matter, agent, seconds, half)

    def _add_time(self, measure: str, channel: str, agent: UUID, stretch: Stretch, half: int) -> None:
        """Time of an agent as such belongs to no topic."""
        for figures in self._where(measure, half):
            for key in (Key(ALL, measure, channel, None, None), Key(AGENTS, measure, channel, agent, None)):
                figures[key].values.append(stretch.seconds)
                figures[key].levels[stretch.level] += stretch.seconds

    def _add_seconds(self, measure: str, matter: Matter, agent: UUID, seconds: float, half: int) -> None:
        topic, channel = matter
        for key in keys_of(measure, channel, agent, topic):
            for figures in self._where(measure, half):
                figures[key].values.append(seconds)

    def _where(self, measure: str, half: int) -> Iterator[Figures]:
        yield self.day
        if measure in BY_HALF_HOUR:
            yield self.halves[half]


def keys_of(measure: str, channel: str, agent: UUID | None, topic: int | None) -> Iterable[Key]:
    """The four figures that one fact goes into."""
    return (
        Key(ALL, measure, channel, None, None),
        Key(AGENTS, measure, channel, agent, None),
        Key(TOPICS, measure, channel, None, topic),
        Key(BOTH, measure, channel, agent, topic),
    )


def half_of(at: datetime, start: datetime) -> int:
    """Which half-hour of the day that began at ``start``."""
    return int((at - start) / HALF_HOUR)


def rolled(facts: Iterable[Fact], time: Iterable[tuple[UUID, Stretch]], *, start: datetime) -> Rolled:
    found = Rolled()
    for fact in facts:
        found.add_fact(fact, half_of(fact.at, start))
    for agent, stretch in time:
        found.add_stretch(agent, stretch, half_of(stretch.since, start))
    return found
