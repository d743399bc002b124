"""Who takes the next chat: of those skilled in its topic the least loaded, then the longest idle.

Never again the one who let it lapse. A chat waits for somebody skilled for so long only, and never for somebody absent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID


@dataclass(frozen=True)
class WaitingChat:
    """A chat in the queue. ``refused`` let it lapse or gave it away; ``returns_to`` led it before it was on hold."""

    ticket: int
    refused: frozenset[UUID] = frozenset()
    returns_to: UUID | None = None
    skilled: frozenset[UUID] = frozenset()  # who takes it first; empty: anybody


@dataclass
class AgentOnLine:
    """Somebody present and available, with or without a free place."""

    id: UUID
    free: int
    load: int
    idle_since: datetime


Pair = tuple[int, UUID]


def plan(waiting: Sequence[WaitingChat], agents: Sequence[AgentOnLine]) -> list[Pair]:
    """Pairs of ticket and agent, in the order of the queue; uses up the free places of ``agents``."""
    pairs = []
    for chat in waiting:
        agent = choose(chat, agents)
        if agent is None:
            continue
        agent.free -= 1
        agent.load += 1
        pairs.append((chat.ticket, agent.id))
    return pairs


def choose(chat: WaitingChat, agents: Sequence[AgentOnLine]) -> AgentOnLine | None:
    """The agent this chat goes to now; None when it must wait."""
    others = [agent for agent in agents if agent.id not in chat.refused] or agents
    free = [agent for agent in others if agent.free > 0]
    own = [agent for agent in free if agent.id == chat.returns_to]
    if not own and any(agent.id in chat.skilled for agent in others):
        free = [agent for agent in free if agent.id in chat.skilled]
    if not free:
        return None
    return min(own or free, key=lambda agent: (agent.load, agent.idle_since, agent.id))


def expected_wait(*, ahead: int, free: int, places: int, handle_time: float) -> int | None:
    """Seconds until a place is free for the one with ``ahead`` people before them; None when nobody is on the line.

    Places come free one after another, on average every ``handle_time / places`` seconds.
    """
    if places <= 0:
        return None
    if ahead < free:
        return 0
    return ceil((ahead + 1 - free) * handle_time / places)
