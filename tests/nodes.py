"""Several nodes as real processes behind a real nginx, while people talk: ``python -m tests.nodes``.

Two web processes (or more), the workers, Postgres with a streaming replica, Redis and nginx; then web processes are
restarted one after the other and killed, a migration is made, and what everybody was promised and shown is compared
with the log. Prints every event and, below, what R-DEPLOY asks of the rolling restarts together.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.report import machine
from tests.campaign.checker import query
from tests.campaign.desk import CampaignDesk
from tests.campaign.ledger import Ledger
from tests.campaign.world import World
from tests.nginx import NGINX, WHY_NOT, Nginx

BETWEEN = 3.0  # seconds from one node's readiness to the next one's stop: nginx asks a failed one again after two
EARLIER = "alter table {table} add column later_release integer not null default 0"
LATER = "alter table {table} drop column later_release"
ROLL = "rolling restart"
ABANDONED = ("were not answered before the stop", "took too long to shut down", "were not closed in order")
TABLES = ("chat_conversation", "chat_entry", "tickets_ticket")


class FrontDoor(Nginx):
    """nginx in the place of the campaign's fault proxy."""

    async def start(self) -> None:  # type: ignore[override]
        await asyncio.to_thread(super().start)

    async def stop(self) -> None:  # type: ignore[override]
        await asyncio.to_thread(super().stop)


class Nodes(CampaignDesk):
    """The campaign's desk behind nginx."""

    def __init__(self, var: Path, server: str) -> None:
        super().__init__(var, server, BEHIND_PROXY="yes")
        self.proxy: Any = FrontDoor(var / "nginx", self.ports)
        self.webs = [f"web{number}" for number in range(1, len(self.ports) + 1)]

    async def roll(self) -> None:
        """Restart one web process after the other, each when the one before serves again."""
        for name in self.webs:
            await self.restart(name)
            await self.wait_until_up(name)
            await asyncio.sleep(BETWEEN)

    async def kill(self) -> None:
        """A node dies without a word; the supervisor starts it again."""
        pid = self.pid(self.webs[0])
        os.kill(pid, 9)
        while self.pid(self.webs[0]) == pid:
            await asyncio.sleep(0.02)
        await self.wait_until_up(self.webs[0])
        await asyncio.sleep(BETWEEN)

    async def migrate(self) -> None:
        """A step that the running release does not notice: a column with a default comes, and goes again."""
        for step in (EARLIER, LATER):
            for table in TABLES:
                await asyncio.to_thread(_change, os.environ["DATABASE_URL"], step.format(table=table))
                await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Row:
    """What one event did to those who talked."""

    what: str
    seconds: float
    messages: int
    closes: dict[int, int]
    p50: float
    p99: float
    worst: float

    def __str__(self) -> str:
        closes = ", ".join(f"{count} × {code}" for code, count in sorted(self.closes.items())) or "none"
        figures = " | ".join(f"{1000 * each:.0f}" for each in (self.p50, self.p99, self.worst))
        return f"| {self.what} | {self.seconds:.1f} | {self.messages} | {closes} | {figures} |"


HEADER = "| event | s | messages | sockets closed | delivery p50, ms | p99 | worst |\n|---|---|---|---|---|---|---|"


async def watch(ledger: Ledger, what: str, event: Callable[[], Awaitable[None]]) -> Row:
    """One event under load, with the deliveries from its beginning to the end of what it delayed."""
    began, first, closes = time.monotonic(), len(ledger.delays), ledger.closes.copy()
    written = len(ledger.messages)
    await event()
    while ledger.backlog_age > 0.5:
        await asyncio.sleep(0.05)
    delays = sorted(ledger.delays[first:])
    return Row(
        what,
        time.monotonic() - began,
        len(ledger.messages) - written,
        {code: count - closes[code] for code, count in ledger.closes.items() if count > closes[code]},
        statistics.median(delays),
        delays[int(len(delays) * 0.99) - 1],
        delays[-1],
    )


async def calm() -> None:
    await asyncio.sleep(5)


@dataclass(frozen=True)
class Rolls:
    """All rolling restarts of a run together, beside what is asked of them."""

    rows: list[Row]
    clients: int
    abandoned: int
    problems: int

    def __str__(self) -> str:
        told, ended = (sum(sum(found) for found in each) for each in self._ends())
        heads = ["rolling restarts", "messages", "lost, doubled, out of order", "closes with 1012", "clients"]
        heads += ["worst delivery, ms", "handlers abandoned"]
        values = [len(self.rows), sum(row.messages for row in self.rows), self.problems, f"{told} of {ended}"]
        values += [self.clients, f"{1000 * max(row.worst for row in self.rows):.0f}", self.abandoned]
        return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in (heads, ["---"] * len(heads), values))

    def _ends(self) -> tuple[list[list[int]], list[list[int]]]:
        told = [[count for code, count in row.closes.items() if code == 1012] for row in self.rows]
        return told, [list(row.closes.values()) for row in self.rows]


async def show(
    var: Path, server: str, rate: float, times: int, names: list[str]
) -> tuple[list[Row], Rolls, list[dict[str, Any]]]:
    """Every event so many times; the rows, the rolls together, and what was found wrong at the end."""
    desk = Nodes(var, server)
    world = World(desk, rate)
    rows = []
    try:
        await world.open()
        crowd = await world.gather()
        events = {"nothing": calm, ROLL: desk.roll, "kill -9 of a node": desk.kill, "migration": desk.migrate}
        for what in [name for name in events if not names or name.split()[0] in names] * times:
            rows.append(await watch(crowd.ledger, what, events[what]))
            print(rows[-1], file=sys.stderr, flush=True)
        clients = len(crowd.clients)
        problems = await world.disperse(var / "evidence.json")
    finally:
        await world.close()
    abandoned = sum(any(words in line for words in ABANDONED) for line in (var / "desk.log").read_text().splitlines())
    return rows, Rolls([row for row in rows if row.what == ROLL], clients, abandoned, len(problems)), problems


def _change(url: str, statement: str) -> None:
    query(url, f"set lock_timeout = '2s'; {statement}; commit; select 1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="daphne", choices=("daphne", "uvicorn"))
    parser.add_argument("--rate", type=float, default=30, help="messages a second")
    parser.add_argument("--times", type=int, default=3, help="how often each event comes")
    parser.add_argument("--events", default="", help="some of nothing,rolling,kill,migration; otherwise all")
    options = parser.parse_args()
    names = [name for name in options.events.split(",") if name]
    if NGINX is None:
        raise SystemExit(WHY_NOT)
    with tempfile.TemporaryDirectory(prefix="nodes-") as home:
        run = show(Path(home), options.server, options.rate, options.times, names)
        rows, rolls, problems = asyncio.run(run)
    print(f"{options.server}, {options.rate:g} messages a second, {machine()}\n\n{HEADER}")
    print("\n".join(str(row) for row in rows))
    print(f"\n{rolls}\n" if rolls.rows else "")
    print(f"lost, doubled, out of order, readers differing: {len(problems)}")
    for problem in problems[:10]:
        print(f"- {problem['kind']}: {problem['words']}")
    return len(problems) > 0


if __name__ == "__main__":
    sys.exit(main())
