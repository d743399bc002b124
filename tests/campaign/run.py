"""The campaign itself: chapters of rounds, each chapter with people of its own and a check at its end."""

import argparse
import asyncio
import os
import sys
import time
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

from tests.campaign.desk import CampaignDesk
from tests.campaign.faults import FAULTS, Fault, moment
from tests.campaign.results import Results
from tests.campaign.surroundings import give_back, prepare
from tests.campaign.world import World

ROUND_TIME = 120.0  # seconds after which a desk that has not recovered counts as stuck
SHORTEST = 2.0  # seconds of a round after its fault: before that nothing can be seen to be late
SETTLE = 0.3  # seconds of peace between two rounds


def say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


class Campaign:
    """Strikes the planned faults, in turns, until each was made as often as asked for."""

    def __init__(self, world: World, faults: list[Fault], options: argparse.Namespace, results: Results) -> None:
        self.world = world
        self.faults = faults
        self.options = options
        self.results = results
        self.wrong = 0
        self._made: Counter[str] = Counter({fault.name: results.count(fault.name) for fault in faults})

    def next_fault(self) -> Fault | None:
        """The one made least often so far; None when all are done."""
        fault = min(self.faults, key=lambda each: self._made[each.name])
        return fault if self._made[fault.name] < self.options.count else None

    async def run(self) -> None:
        while self.next_fault() is not None:
            await self.chapter()

    async def chapter(self) -> None:
        """New people, some rounds, and the check."""
        name = f"{time.strftime('%m%d-%H%M%S')}-{uuid.uuid4().hex[:4]}"
        crowd = await self.world.gather()
        for _ in range(self.options.chapter):
            fault = self.next_fault()
            if fault is None:
                break
            await self.round(name, fault)
            self._made[fault.name] += 1
        ledger = crowd.ledger
        evidence = self.world.desk.var / f"evidence-{name}.json"
        problems = await self.world.disperse(evidence)
        wrong = Counter(one["kind"] for one in problems)
        self.wrong += len(problems)
        self.results.add(row="check", chapter=name, wrong=wrong, messages=ledger.acknowledged, load=os.getloadavg()[0])
        refusals = ", ".join(f"{count} {code}" for code, count in ledger.refusals.items()) or "none"
        closes = ", ".join(f"{count} by {code}" for code, count in ledger.closes.items()) or "none"
        say(f"checked {ledger.acknowledged} messages: {dict(wrong) or 'all is well'}")
        say(f"  refusals: {refusals}; connections ended: {closes}")
        for one in problems[:5]:
            say(f"  {one['kind']}: {one['words']}")
        if problems:
            say(f"  evidence: {evidence}")

    async def round(self, chapter: str, fault: Fault) -> None:
        """Strike once, wait until everything is as before, note how long it took."""
        world, began, wall = self.world, moment(), time.time()
        before = world.ledger.acknowledged
        struck = await fault.strike(world)
        is_well = await self._recovers(fault)
        await asyncio.sleep(SETTLE)
        recovery = max(0.0, world.ledger.last_late - struck)
        if fault.is_work:
            recovery = max(0.0, await world.last_late_job() - wall - (struck - began))
        if world.measured is not None:
            recovery, world.measured = world.measured, None
        if not is_well:
            recovery = ROUND_TIME
            why = await world.why_not(list(fault.parts))
            world.ledger.problem("stuck", f"{fault.name}: not well after {ROUND_TIME:g} s: {why}")
            say(why)
        facts: dict[str, Any] = {"messages": world.ledger.acknowledged - before, "recovery": round(recovery, 3)}
        self.results.add(
            row="round", chapter=chapter, fault=fault.name, server=world.desk.server, at=round(wall, 1), **facts
        )
        say(
            f"{fault.name:<16} drained {recovery:5.2f} s, round {moment() - began:5.2f} s, {facts['messages']} messages"
        )

    async def _recovers(self, fault: Fault) -> bool:
        deadline = moment() + ROUND_TIME
        struck = time.time()
        await asyncio.sleep(SHORTEST)
        while moment() < deadline:
            if await self.world.is_recovered(list(fault.parts)) and (
                not fault.is_work or await self.world.works_again(struck)
            ):
                return True
            await asyncio.sleep(0.1)
        return False


def chosen(names: str) -> list[Fault]:
    """Faults by name; ``failpoints`` and ``network`` are all of theirs."""
    groups = {"failpoints": "fp-", "network": "net-", "kills": "kill-", "stops": "stop-", "ends": "term-"}
    found = []
    for name in names.split(","):
        start = groups.get(name)
        found += [FAULTS[name]] if start is None else [one for one in FAULTS.values() if one.name.startswith(start)]
    return found


async def campaign(options: argparse.Namespace, var: Path, results: Results) -> int:
    """The whole of it; returns how many things were wrong."""
    faults = chosen(options.faults)
    has_mail = any(fault.name.startswith("fp-") for fault in faults)
    desk = CampaignDesk(var, options.server, has_mail=has_mail)
    for fault, reason in prepare(desk, faults):
        say(f"{fault.name} is not run: {reason}")
        faults.remove(fault)
    if not faults:
        return 0
    world = World(desk, options.rate)
    world.longest_stop, world.outage = options.longest_stop, options.outage
    try:
        await world.open()
        say(f"the desk runs on {options.server}, its things are in {var}")
        run = Campaign(world, faults, options, results)
        await run.run()
        return run.wrong
    finally:
        await world.close()
        give_back(desk)
