"""Runs the simulated day against the running desk."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from supportdesk.simulation import client as doors
from supportdesk.simulation.inputs import Inputs, Rhythm
from supportdesk.simulation.people import Agent, Progress, borrow_and_ask, write_letter

SETTLE = 120  # seconds in which the last letters may still arrive: longer than one poll of the mailbox


@dataclass(frozen=True)
class Credentials:
    """Who may come in: agents and the supervisor by password, borrowers by tokens the lender's site would sign."""

    agents: list[tuple[str, str, str]]  # e-mail, password, name
    supervisor: tuple[str, str]
    sign: Callable[[str], str]
    customer_ids: list[str]


@dataclass(frozen=True)
class Place:
    """Where the running desk is."""

    desk: str
    smtp: str
    mailbox: str


async def simulate(place: Place, who: Credentials, inputs: Inputs, progress: Progress) -> dict[str, Any]:
    """The whole run; returns the desk's own service report for exactly this period and these conversations."""
    rhythm = Rhythm(inputs=inputs, source=random.Random(inputs.seed))
    written: set[str] = set()
    async with AsyncExitStack() as stack:
        agents = [
            Agent(client, name=name, index=index, rhythm=rhythm, progress=progress, written=written)
            for index, (client, name) in enumerate(await come_to_work(stack, place, who, inputs))
        ]
        shifts = [asyncio.create_task(agent.serve()) for agent in agents]
        supervisor = await doors.staff(place.desk, await http(stack), *who.supervisor)
        since = await now(supervisor)
        await asyncio.gather(
            *[borrow(stack, place, who, rhythm, index, progress) for index in range(inputs.borrowers)],
            *[
                write_letter(place.smtp, place.mailbox, index=index, rhythm=rhythm, progress=progress, written=written)
                for index in range(inputs.letters)
            ],
        )
        await finish_letters(agents, inputs)
        report = await supervisor.call("GET", f"/api/v1/reports/service?since={quote(since.isoformat())}")
        for agent, shift in zip(agents, shifts, strict=True):
            shift.cancel()
            await agent.leave()
    return dict(report)


async def http(stack: AsyncExitStack) -> httpx.AsyncClient:
    return await stack.enter_async_context(httpx.AsyncClient(timeout=30))


async def come_to_work(
    stack: AsyncExitStack, place: Place, who: Credentials, inputs: Inputs
) -> list[tuple[doors.Client, str]]:
    """Each agent of the run signs in; with each client the agent's name."""
    return [
        (await doors.staff(place.desk, await http(stack), email, password), name)
        for email, password, name in who.agents[: inputs.agents]
    ]


async def borrow(
    stack: AsyncExitStack, place: Place, who: Credentials, rhythm: Rhythm, index: int, progress: Progress
) -> None:
    client = await doors.borrower(place.desk, await http(stack), who.sign(who.customer_ids[index]))
    await borrow_and_ask(client, index=index, rhythm=rhythm, progress=progress)


async def now(supervisor: doors.Client) -> datetime:
    """The desk's own clock, so that the report covers this run and nothing before it."""
    return datetime.fromisoformat((await supervisor.call("GET", "/api/v1/inbox"))["now"])


async def finish_letters(agents: list[Agent], inputs: Inputs) -> None:
    """Wait until every letter was answered, at most twice the promised time and a little for the mail itself."""
    deadline = asyncio.get_running_loop().time() + inputs.real(2 * inputs.letter_time) + SETTLE
    while sum(agent.letters_answered for agent in agents) < inputs.letters:
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.2)
