"""Faults of what a desk stands on: a disk that is full, clocks that jump. Each needs a desk prepared for it."""

import asyncio
import itertools
import subprocess
from pathlib import Path

from tests.campaign.desk import WEBS, CampaignDesk
from tests.campaign.faults import FAULTS, Fault, Strike, moment
from tests.campaign.world import World

DISK = "400m"
FULL_TIME = 10.0  # seconds
JUMP_TIME = 6.0  # seconds
JUMPS = (3600, -3600, -5, -86_400)  # seconds


def small_disk(desk: CampaignDesk) -> str:
    """Put Postgres on a small disk of its own; says why not where that is not allowed."""
    place = desk.var / "postgres"
    place.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(place)], capture_output=True)
    if made.returncode:
        return f"no small disk could be mounted: {made.stderr.decode().strip()}"
    desk.mounted = place
    return ""


def movable_clocks(desk: CampaignDesk) -> str:
    """Let the clocks of the web processes be moved."""
    (desk.var / "clock").write_text("0")
    desk.before_webs = ("-m", "tests.campaign.clocks", str(desk.var / "clock"), "--")
    return ""


async def fill(world: World) -> float:
    """Nothing more fits on Postgres's disk; then it does again."""
    filler = world.desk.var / "postgres" / "filler"
    before = world.ledger.refusals["storage"]
    await asyncio.to_thread(_fill, filler)
    await asyncio.sleep(FULL_TIME)
    filler.unlink()
    if world.ledger.refusals["storage"] == before:
        world.ledger.problem("storage", "the disk was full and nobody was refused with storage")
    return moment()


def _fill(path: Path) -> None:
    """A file that takes all that is left."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


def jump() -> Strike:
    """The clocks of both web processes are wrong for a while."""
    turns = itertools.cycle(JUMPS)

    async def strike(world: World) -> float:
        clock = world.desk.var / "clock"
        clock.write_text(str(next(turns)))
        try:
            await asyncio.sleep(JUMP_TIME)
        finally:
            clock.write_text("0")
        return moment()

    return strike


PREPARED = {"disk-full": small_disk, "clock-jump": movable_clocks}
SURROUNDINGS = (
    Fault("disk-full", "Postgres's disk is full for 10 s", fill, ("postgres",), 15.0),
    Fault("clock-jump", "clocks of the web processes jump (+1 h, -1 h, -5 s, -1 day)", jump(), WEBS, 5.0),
)
FAULTS |= {fault.name: fault for fault in SURROUNDINGS}


def prepare(desk: CampaignDesk, faults: list[Fault]) -> list[tuple[Fault, str]]:
    """Make the desk ready for these faults; those that cannot be made here, with the reason."""
    reasons = [(fault, PREPARED[fault.name](desk)) for fault in faults if fault.name in PREPARED]
    return [(fault, reason) for fault, reason in reasons if reason]


def give_back(desk: CampaignDesk) -> None:
    """Undo what was prepared."""
    if desk.mounted is not None:
        subprocess.run(["umount", str(desk.mounted)], check=False)
