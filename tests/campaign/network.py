"""Faults of the network between clients and the desk, made by the proxy."""

import asyncio
import itertools
from collections.abc import Sequence

from tests.campaign.faults import FAULTS, Fault, Strike, moment
from tests.campaign.proxy import DOWN, UP
from tests.campaign.world import World

HOLE_TIME = 6.0  # seconds
GOAL = 3.0  # seconds after the network is whole again


def cut() -> Strike:
    """Every connection is reset at once."""

    async def strike(world: World) -> float:
        world.desk.proxy.cut()
        return moment()

    return strike


def weather(*holes: Sequence[str], latency: float = 0.0, loss: float = 0.0) -> Strike:
    """The network is bad for a while; recovery counts from its end. Holes take turns."""
    turns = itertools.cycle(holes or ((),))

    async def strike(world: World) -> float:
        world.desk.proxy.change(holes=next(turns), latency=latency, loss=loss)
        try:
            await asyncio.sleep(HOLE_TIME)
        finally:
            world.desk.proxy.change()
        return moment()

    return strike


NETWORK = (
    Fault("net-cut", "every connection reset (RST)", cut(), (), GOAL),
    Fault("net-hole", "nothing passes for 6 s", weather((UP, DOWN)), (), GOAL),
    Fault("net-oneway", "nothing passes one way for 6 s", weather((UP,), (DOWN,)), (), GOAL),
    Fault("net-latency", "300 ms each way for 6 s", weather(latency=0.3), (), GOAL),
    Fault("net-loss", "30 % of chunks lost for 6 s", weather(loss=0.3), (), GOAL),
)
FAULTS |= {fault.name: fault for fault in NETWORK}
