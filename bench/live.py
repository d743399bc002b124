"""The live path beside the bare limit of the same machine, in one run: ``python -m bench.live``.

Takes turns, round after round: the bare server, the desk under Daphne, the desk under uvicorn, and with
``--processes 2`` each of them in two processes too. Every message is committed durably. Absolute figures are the
machine's and the neighbours'; the ratios and the processor time per message are what to compare.
"""

import asyncio
import os
import statistics
from dataclasses import dataclass, field

from bench.place import Place, own_place, processor_time, say
from bench.report import Figures, Options, machine, parser, table, tell
from bench.servers import Server, serving

AGENTS = 4
IN_FLIGHT = 64
RATE = 200


@dataclass
class Rounds:
    """What the turns of one server gave."""

    turns: list[dict[str, float]] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        figures = {name: statistics.median(turn[name] for turn in self.turns) for name in self.turns[0]}
        delays = sorted(self.delays)
        for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
            figures[name] = 1000 * delays[min(len(delays) - 1, int(share * len(delays)))]
        return figures


async def measure(server: Server, hellos: list[dict], postgres: int, options: Options) -> tuple[dict, list[float]]:
    """One turn of one server: full speed, then the fixed rate."""
    from bench import load
    from supportdesk import settings

    tally = load.Tally()
    talkers = await load.connect(server.urls, settings.PUBLIC_URL, hellos, tally)
    await load.saturate(talkers, options.in_flight, 0.5)  # past the start
    before = (server.processor_time, processor_time(postgres), tally.posted)
    rate = await load.saturate(talkers, options.in_flight, options.seconds)
    after = (server.processor_time, processor_time(postgres), tally.posted)
    stored = max(1, after[2] - before[2])
    delays = await load.at_rate(talkers, RATE, options.seconds)
    await load.leave(talkers)
    spent = [1e6 * (late - early) / stored for early, late in zip(before, after, strict=True)]
    return {"rate": rate, "server_us": spent[0], "postgres_us": spent[1], "refused": tally.refused}, delays


async def run(options: Options, place: Place) -> dict[str, Rounds]:
    from asgiref.sync import sync_to_async

    from bench import bare, people

    os.environ["BARE_DATABASE_URL"] = place.create("bare")
    everybody = await sync_to_async(people.open_chats)(AGENTS)
    found: dict[str, Rounds] = {}
    for number in range(options.rounds):
        for name in options.servers.split(","):
            for processes in range(1, 2 if name == "bare" else options.processes + 1):
                with serving(name, processes) as server:
                    if name == "bare":
                        hellos = await people.bare_hellos(os.environ["BARE_DATABASE_URL"], bare.TABLES, AGENTS)
                    else:
                        hellos = await sync_to_async(people.desk_hellos)(everybody)
                    turn, delays = await measure(server, hellos, place.postgres, options)
                title = name if processes == 1 else f"{name} × {processes}"
                rounds = found.setdefault(title, Rounds())
                rounds.turns.append(turn)
                rounds.delays += delays
                say(f"round {number + 1}: {title} {turn['rate']:,.0f} messages a second")
    return found


def figures_of(found: dict[str, Rounds]) -> Figures:
    figures = {name: rounds.summary() for name, rounds in found.items()}
    limit = figures.get("bare")
    for name, own in figures.items():
        if limit and name != "bare":
            own["throughput_ratio"] = own["rate"] / limit["rate"]
            own["p95_ratio"] = own["p95_ms"] / limit["p95_ms"]
            spent, least = (each["server_us"] + each["postgres_us"] for each in (own, limit))
            own["processor_ratio"] = spent / least
    return {"machine": machine(), "servers": figures}


def text(figures: Figures) -> str:
    heads = ["server", "messages/s", "× bare", "p50 / p95 / p99 ms at 200/s", "p95 × bare"]
    heads += ["processor µs per message, server + Postgres", "× bare", "refused"]
    rows = []
    for name, own in figures["servers"].items():
        ratios = [own.get(key, 1.0) for key in ("throughput_ratio", "p95_ratio", "processor_ratio")]
        delays = f"{own['p50_ms']:.1f} / {own['p95_ms']:.1f} / {own['p99_ms']:.1f}"
        spent = f"{own['server_us']:.0f} + {own['postgres_us']:.0f}"
        line = [name, f"{own['rate']:,.0f}", f"{ratios[0]:.2f}", delays, f"{ratios[1]:.2f}", spent, f"{ratios[2]:.2f}"]
        rows.append([*line, f"{own['refused']:.0f}"])
    return f"{figures['machine']}\n\n{table(heads, rows)}"


def main() -> None:
    options = parser(__doc__ or "")
    options.add_argument("--seconds", type=float, default=5, help="of full speed, and again of the fixed rate")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--servers", default="bare,daphne,uvicorn")
    options.add_argument("--processes", type=int, default=1, help="also with so many processes of the desk")
    options.add_argument("--in-flight", type=int, default=IN_FLIGHT)
    chosen = options.parse_args()
    with own_place() as place:
        found = asyncio.run(run(chosen, place))
    tell(figures_of(found), text, as_json=chosen.json)


if __name__ == "__main__":
    main()
