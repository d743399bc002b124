"""The check of the check: each seeded bug, with the fault that exposes it, must be caught."""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from supportdesk.desk.programs import PYTHON
from tests.campaign.desk import WEBS, CampaignDesk
from tests.campaign.faults import FAULTS
from tests.campaign.run import say
from tests.campaign.world import World

PATIENCE = 20.0  # seconds for everything to arrive


@dataclass(frozen=True)
class Seeded:
    """A bug, the faults that expose it, and the invariants of which at least one must be reported broken."""

    bug: str
    faults: tuple[str, ...]
    kinds: tuple[str, ...]
    words: str
    programs: tuple[str, ...] = WEBS


SEEDED = (
    Seeded("serial_resume", ("net-cut",), ("readers", "stuck"), "I5: a reader was shown a prefix of the log"),
    Seeded("no_dedup", ("net-cut",) * 8, ("doubled",), "I2: one id, one entry"),
    Seeded("ack_before_commit", ("kill-postgres",) * 3, ("lost",), "I1: what was acknowledged stays"),
    Seeded("no_go_back_n", ("net-hole", "net-cut"), ("misordered",), "I4: the order of the sender"),
    Seeded("history_before_join", ("net-cut",) * 4, ("readers", "stuck"), "I5: no gap is shown"),
    Seeded("hint_without_poll", (), ("readers", "stuck"), "I6, I7: everybody is shown everything"),
    Seeded("celery_without_outbox", ("kill-worker",), ("effects",), "I11: what is promised is done", ("scorer",)),
)


async def self_test(options: argparse.Namespace, var: Path) -> int:
    """Plant each bug in turn; returns how many were not caught."""
    world = World(CampaignDesk(var, options.server), options.rate)
    world.patience = PATIENCE
    chosen = [one for one in SEEDED if options.self_test in ("all", one.bug)]
    lines = ["| seeded bug | fault | caught by | invariant |", "|---|---|---|---|"]
    missed = 0
    try:
        await world.open()
        for one in chosen:
            problems = await _try(world, one)
            wrong = Counter(problem["kind"] for problem in problems)
            caught = [f"{wrong[kind]} {kind}" for kind in one.kinds if wrong[kind]]
            missed += not caught
            say(f"{one.bug}: {'caught' if caught else 'NOT CAUGHT'} ({dict(wrong)})")
            verdict = f"caught: {', '.join(caught)}" if caught else "**not caught**"
            lines.append(f"| {one.bug} | {', '.join(one.faults) or 'load alone'} | {verdict} | {one.words} |")
    finally:
        await world.close()
    print("\n".join(lines), file=sys.stdout)
    return missed


async def _try(world: World, one: Seeded) -> list[dict[str, object]]:
    """One chapter with the bug in its programs; the programs are sound again afterwards."""
    sound = {name: world.desk.programs[name] for name in one.programs}
    for name, program in sound.items():
        words = list(program.command)
        rest = words[1:] if words[0] == PYTHON else words
        await world.desk.restart(name, [PYTHON, "-m", "tests.campaign.bugs", one.bug, "--", *rest])
    for name in one.programs:
        await world.desk.wait_until_up(name)
    world.began = time.time()
    await world.gather()
    for fault in one.faults:
        await FAULTS[fault].strike(world)
        await world.peace(3.0)
    await world.peace(3.0)
    problems = await world.disperse(world.desk.var / f"evidence-{one.bug}.json")
    for name, program in sound.items():
        await world.desk.restart(name, list(program.command))
    await world.forget_jobs()
    return problems
