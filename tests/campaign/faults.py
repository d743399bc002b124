"""The faults, by name: how each strikes, what must come back, and what the recovery may cost."""

import asyncio
import itertools
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.campaign.desk import WEBS
from tests.campaign.world import World

Strike = Callable[[World], Awaitable[float]]


@dataclass(frozen=True)
class Fault:
    """``strike`` returns the moment from which recovery counts; ``parts`` must serve again afterwards."""

    name: str
    words: str
    strike: Strike
    parts: tuple[str, ...]
    goal: float  # seconds, the 95th percentile
    is_work: bool = False  # recovery is that of the outbox's work, not of deliveries


def moment() -> float:
    return time.monotonic()


def kill(*names: str, number: signal.Signals = signal.SIGKILL) -> Strike:
    """End one of these programs, in turn, and wait until its successor runs."""
    turns = itertools.cycle(names)

    async def strike(world: World) -> float:
        name = next(turns)
        for each in names:  # one of two is killed only when both serve
            await world.desk.wait_until_up(each)
        pid = world.desk.pid(name)
        began = moment()
        os.kill(pid, number)
        while world.desk.pid(name) == pid:
            await asyncio.sleep(0.02)
        return began

    return strike


def stop(*names: str, shortest: float = 1.0, longest: float = 60.0) -> Strike:
    """Freeze one of these programs with all its children for a while; recovery counts from the thaw."""
    turns = itertools.cycle(names)

    async def strike(world: World) -> float:
        name = next(turns)
        pid = world.desk.pid(name)
        os.killpg(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(random.uniform(shortest, min(longest, world.longest_stop)))
        finally:
            os.killpg(pid, signal.SIGCONT)
        return moment()

    return strike


def _killed(name: str, goal: float, *parts: str, is_work: bool = False) -> Fault:
    """Of two web processes the other one serves meanwhile, so nobody waits for the new one."""
    parts = parts or (name,)
    return Fault(f"kill-{name}", f"kill -9 {name}", kill(*parts), () if parts == WEBS else parts, goal, is_work)


def _ended(name: str, goal: float, *parts: str, is_work: bool = False) -> Fault:
    parts = parts or (name,)
    number = signal.SIGINT if name == "postgres" else signal.SIGTERM
    return Fault(f"term-{name}", f"{number.name} {name}", kill(*parts, number=number), parts, goal, is_work)


def _stopped(name: str, goal: float, *parts: str, is_work: bool = False) -> Fault:
    parts = parts or (name,)
    return Fault(f"stop-{name}", f"SIGSTOP {name}", stop(*parts), parts, goal, is_work)


COMPONENTS = (
    ("web", 5.0, WEBS, False),
    ("worker", 60.0, ("scorer", "reader"), True),
    ("redis", 2.0, (), False),
    ("postgres", 15.0, (), False),
    ("router", 60.0, (), False),
    ("mailer", 60.0, (), False),
    ("clock", 60.0, ("worker", "beat"), False),
)
FAULTS: dict[str, Fault] = {
    fault.name: fault
    for name, goal, parts, is_work in COMPONENTS
    for make in (_killed, _ended, _stopped)
    for fault in [make(name, goal, *parts, is_work=is_work)]
}
