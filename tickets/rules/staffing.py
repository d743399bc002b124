"""How many agents an hour needs: what will come, from what came; and what that asks for, from a simulation.

What comes in a half-hour of a weekday is a Poisson number whose rate is known only from a few weeks. The rate's own
distribution is the gamma posterior of Gelman et al., *Bayesian Data Analysis* (3rd ed., 2.6): the weeks seen, and
beside them what all days say of this half-hour, counting as ``PRIOR`` days more. Its quantiles are those of Wilson and
Hilferty (1931), near enough for a count.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import ceil, exp, floor, log, sqrt
from statistics import NormalDist, fmean, stdev

import simpy

PRIOR = 2.0  # days that all weekdays together count beside one weekday's own
SURE = 0.8  # of the interval of arrivals
REPLICATIONS = 12
CHATS = 250  # of one replication at least, or an hour's; after those that only fill the desk
STEP = 1.1  # between two rates that are simulated; a rate is rounded up to one of them
MOST_AGENTS = 200
T_11 = 2.201  # Student's t for 95 % and REPLICATIONS - 1
LEAST_DAYS, LEAST_CHATS = 14, 100
HALVES = 48

Slot = tuple[date, int]


@dataclass(frozen=True)
class Goal:
    """Such a share answered within so many seconds, with so many chats at once for each agent."""

    share: float
    seconds: int
    places: int


@dataclass(frozen=True)
class Rate:
    """Arrivals expected in a half-hour, the interval in which the rate lies, and the rate's variance."""

    mean: float
    low: float
    high: float
    variance: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """The share answered in time in a simulation, and its interval of 95 % over the replications."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Work:
    """What a chat asks for: handle times as they were, and seconds from taking a chat to writing the first answer."""

    times: tuple[float, ...]
    reaction: float

    @property
    def mean(self) -> float:
        return fmean(self.times)


@dataclass(frozen=True)
class Need:
    """Agents that reach the goal; and between how many it lies, as arrivals and chance may fall. None: no number."""

    agents: int | None
    low: int | None
    high: int | None


Service = Callable[[random.Random], float]


def rates(came: Mapping[Slot, int], days: Iterable[date]) -> dict[tuple[int, int], Rate]:
    """By weekday and half-hour; ``days`` are those that were counted, also when nothing came."""
    known = sorted(days)
    ours: dict[int, list[date]] = {weekday: [on for on in known if on.weekday() == weekday] for weekday in range(7)}
    found = {}
    for half in range(HALVES):
        usual = sum(came.get((on, half), 0) for on in known) / len(known)
        for weekday, dates in ours.items():
            shape = sum(came.get((on, half), 0) for on in dates) + PRIOR * usual
            found[weekday, half] = _posterior(shape, len(dates) + PRIOR)
    return found


def hourly(found: Mapping[tuple[int, int], Rate], on: date, hour: int) -> tuple[Rate, Rate]:
    """How many come in an hour, between which numbers; and the pace of its busier half, for which agents are needed."""
    first, second = (found[on.weekday(), 2 * hour + part] for part in range(2))
    both = counted(first.mean + second.mean, first.variance + second.variance)
    busier = max(first, second, key=lambda rate: rate.mean)
    return both, Rate(2 * busier.mean, 2 * busier.low, 2 * busier.high)


def counted(mean: float, variance: float) -> Rate:
    """The number that comes when its rate is known only so well: negative binomial, quantile by quantile."""
    if mean <= 0 or variance <= 0:
        return Rate(mean, 0, 0)
    shape = mean * mean / variance
    scale = shape / mean
    chance = (scale / (scale + 1)) ** shape
    sum_, number, low = chance, 0, None
    tail = (1 - SURE) / 2
    while sum_ < 1 - tail and number < 100_000:
        low = number if low is None and sum_ >= tail else low
        chance *= (shape + number) / ((number + 1) * (scale + 1))
        number += 1
        sum_ += chance
    return Rate(mean, number if low is None else low, number)


def week_from(on: date) -> list[tuple[date, int]]:
    """The 168 hours that begin with this day."""
    return [(on + timedelta(days=ahead), hour) for ahead in range(7) for hour in range(24)]


def is_enough(days: Sequence[date], chats: int, times: Sequence[float]) -> bool:
    return len(days) >= LEAST_DAYS and chats >= LEAST_CHATS and len(times) >= LEAST_CHATS


class Staffing:
    """Needs for one goal and one kind of work; every rate is simulated once, and always with the same chances."""

    def __init__(self, goal: Goal, work: Work) -> None:
        self.goal, self.work = goal, work
        self._simulated = cache(self._simulate)
        self._least = cache(self._search)

    def need(self, pace: Rate) -> Need:
        low, middle, high = (step_of(rate) for rate in (pace.low, pace.mean, pace.high))
        return Need(agents=self._least(middle, "share"), low=self._least(low, "high"), high=self._least(high, "low"))

    def _search(self, step: int | None, by: str) -> int | None:
        """The least number whose share reaches the goal; more agents never answer less."""
        if step is None:
            return 0
        if self.work.reaction > self.goal.seconds:
            return None
        least = 1 + floor(STEP**step / 3600 * self.work.mean / self.goal.places)  # below it the line only grows
        for agents in range(least, MOST_AGENTS + 1):
            if getattr(self._simulated(step, agents), by) >= self.goal.share:
                return agents
        return None

    def _simulate(self, step: int, agents: int) -> Outcome:
        times = self.work.times
        return simulated(
            hourly=STEP**step,
            servers=agents * self.goal.places,
            service=lambda chance: chance.choice(times),
            within=self.goal.seconds - self.work.reaction,
            chats=max(CHATS, ceil(STEP**step)),
        )


def step_of(rate: float) -> int | None:
    """The simulated rate just above this one; nobody is needed where less than one chat in ten hours comes."""
    return None if rate < 0.1 else ceil(log(rate) / log(STEP) - 1e-9)


def simulated(*, hourly: float, servers: int, service: Service, within: float, chats: int = CHATS) -> Outcome:
    """Chats come at random, wait in one line for a place, and hold it; seeded by what is asked, so always the same."""
    shares = [
        _replication(random.Random(f"{hourly:.9f} {servers} {number}"), hourly, servers, service, within, chats)
        for number in range(REPLICATIONS)
    ]
    mean = fmean(shares)
    half = T_11 * stdev(shares) / sqrt(REPLICATIONS)
    return Outcome(mean, max(0.0, mean - half), min(1.0, mean + half))


def _replication(
    chance: random.Random, hourly: float, servers: int, service: Service, within: float, chats: int
) -> float:
    """The share that found a place in time; the first chats only fill the desk and are not counted."""
    desk = simpy.Environment()
    places = simpy.Resource(desk, capacity=servers)
    filling = max(50, 3 * servers)
    waits: list[float] = []

    def chat(number: int) -> simpy.events.ProcessGenerator:
        came = desk.now
        with places.request() as place:
            yield place
            if number >= filling:
                waits.append(desk.now - came)
            yield desk.timeout(service(chance))

    def arrivals() -> simpy.events.ProcessGenerator:
        for number in range(filling + chats):
            yield desk.timeout(chance.expovariate(hourly / 3600))
            desk.process(chat(number))

    desk.process(arrivals())
    desk.run()
    return sum(wait <= within for wait in waits) / len(waits)


def erlang_c(*, hourly: float, mean: float, servers: int, within: float) -> float:
    """The share answered in time where service is exponential: what the simulation is held to.

    A. K. Erlang (1917); as in Gans, Koole and Mandelbaum, "Telephone Call Centers" (M&SOM 5(2), 2003), section 4.1:
    P(wait > t) = C(n, a) exp(-(n - a) t / mean), with C from Erlang's B by B(k) = a B(k-1) / (k + a B(k-1)).
    """
    load = hourly / 3600 * mean
    if load >= servers:
        return 0.0
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    waits = servers * blocked / (servers - load * (1 - blocked))
    return 1 - waits * exp(-(servers - load) * within / mean)


def _posterior(shape: float, weeks: float) -> Rate:
    tail = (1 - SURE) / 2
    low, high = (_gamma(shape, at) / weeks for at in (tail, 1 - tail))
    return Rate(shape / weeks, low, high, shape / weeks**2)


def _gamma(shape: float, share: float) -> float:
    """A quantile of the gamma distribution of scale one."""
    if shape <= 0:
        return 0.0
    root = 1 - 1 / (9 * shape) + NormalDist().inv_cdf(share) / (3 * sqrt(shape))
    return shape * max(0.0, root) ** 3
