"""The live path beside the bare limit of the same machine, in one run: ``python -m bench.live``.

Starts its own Postgres and Redis in a temporary directory, then takes turns: the bare server, the desk under Daphne,
the desk under uvicorn, round after round. Every message is committed durably. Absolute figures are the machine's and
the neighbours'; the ratios and the processor time per message are what to compare.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AGENTS = 4
IN_FLIGHT = 64
RATE = 200
UVICORN = ["--ws", "websockets-sansio", "--ws-max-size", "65536", "--ws-per-message-deflate", "false"]
UVICORN += ["--log-level", "error", "--no-access-log"]
TICK = os.sysconf("SC_CLK_TCK")


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process, its threads and its children so far."""
    total = _own_time(pid)
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        try:
            total += processor_time(int(child))
        except FileNotFoundError:
            continue
    return total


def _own_time(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[place]) for place in (11, 12, 13, 14)) / TICK


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One of the servers under test."""

    def __init__(self, name: str, port: int, command: list[str]) -> None:
        self.name = name
        self.url = f"ws://127.0.0.1:{port}/ws/v1/"
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        self.rounds: list[dict[str, float]] = []
        self.delays: list[float] = []
        self._wait_for(port)

    def _wait_for(self, port: int) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{self.name} did not start") from None
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def summary(self) -> dict[str, float]:
        names = self.rounds[0]
        figures = {name: statistics.median(round_[name] for round_ in self.rounds) for name in names}
        delays = sorted(self.delays)
        for name, share in (("p50_ms", 0.5), ("p95_ms", 0.95), ("p99_ms", 0.99)):
            figures[name] = 1000 * delays[min(len(delays) - 1, int(share * len(delays)))]
        return figures


def servers(names: list[str]) -> list[Server]:
    """Start the servers named; ``bare`` is the limit."""
    started = []
    for name in names:
        port = free_port()
        commands = {
            "bare": ["-m", "bench.bare", str(port)],
            "daphne": ["-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0", "supportdesk.asgi:application"],
            "uvicorn": ["-m", "uvicorn", "--port", str(port), *UVICORN, "supportdesk.asgi:application"],
        }
        started.append(Server(name, port, [sys.executable, *commands[name]]))
    return started


async def measure(server: Server, hellos: list[dict], postgres: int, seconds: float) -> None:
    """One turn of one server: full speed, then the fixed rate."""
    from bench import load
    from supportdesk import settings

    tally = load.Tally()
    talkers = await load.connect(server.url, settings.PUBLIC_URL, hellos, tally)
    before = (processor_time(server.process.pid), processor_time(postgres), tally.posted)
    rate = await load.saturate(talkers, IN_FLIGHT, seconds)
    after = (processor_time(server.process.pid), processor_time(postgres), tally.posted)
    stored = max(1, after[2] - before[2])
    server.delays += await load.at_rate(talkers, RATE, seconds)
    await load.leave(talkers)
    server.rounds.append(
        {
            "rate": rate,
            "server_us": 1e6 * (after[0] - before[0]) / stored,
            "postgres_us": 1e6 * (after[1] - before[1]) / stored,
            "refused": tally.refused,
        }
    )


async def run(options: argparse.Namespace, postgres: int) -> list[Server]:
    from asgiref.sync import sync_to_async

    from bench import bare, people

    bare_url = os.environ["BARE_DATABASE_URL"]
    everybody = await sync_to_async(people.open_chats)(AGENTS)
    started = servers(options.servers.split(","))
    try:
        for number in range(options.rounds):
            for server in started:
                if server.name == "bare":
                    hellos = await people.bare_hellos(bare_url, bare.TABLES, AGENTS)
                else:
                    hellos = await sync_to_async(people.desk_hellos)(everybody)
                await measure(server, hellos, postgres, options.seconds)
                say(f"round {number + 1}: {server.name} {server.rounds[-1]['rate']:,.0f} messages a second")
    finally:
        for server in started:
            server.stop()
    return started


def report(measured: list[Server]) -> dict[str, Any]:
    figures = {server.name: server.summary() for server in measured}
    limit = figures.get("bare")
    for name, own in figures.items():
        if limit and name != "bare":
            own["throughput_ratio"] = own["rate"] / limit["rate"]
            own["p95_ratio"] = own["p95_ms"] / limit["p95_ms"]
            spent, least = (each["server_us"] + each["postgres_us"] for each in (own, limit))
            own["processor_ratio"] = spent / least
    return figures


def table(figures: dict[str, dict[str, float]]) -> str:
    heads = (f"{'server':<10}{'msg/s':>9}{'ratio':>8}", f"{'p50 / p95 / p99 ms':>24}{'p95 ×':>8}")
    lines = ["".join((*heads, f"{'µs server + Postgres':>24}{'×':>7}"))]
    for name, own in figures.items():
        delays = f"{own['p50_ms']:.1f} / {own['p95_ms']:.1f} / {own['p99_ms']:.1f}"
        spent = f"{own['server_us']:.0f} + {own['postgres_us']:.0f}"
        ratios = [own.get(key, 1.0) for key in ("throughput_ratio", "p95_ratio", "processor_ratio")]
        lines.append(
            f"{name:<10}{own['rate']:>9,.0f}{ratios[0]:>8.2f}{delays:>24}{ratios[1]:>8.2f}{spent:>24}{ratios[2]:>7.2f}"
        )
    return "\n".join(lines)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def prepare(place: Path) -> Any:
    """Own services, tables and environment, before Django is set up."""
    import psycopg2

    from supportdesk import embedded

    running = embedded.start(place)
    postgres, redis = running.services
    os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "SD_VAR": str(place)}
    os.environ |= {"SECRET_KEY": "only-for-the-benchmark-0123456789", "DJANGO_SETTINGS_MODULE": "bench.settings"}
    connection = psycopg2.connect(postgres.url)
    connection.autocommit = True
    connection.cursor().execute("create database bare")
    connection.close()
    os.environ["BARE_DATABASE_URL"] = postgres.url.replace("/supportdesk?", "/bare?")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    return running


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5, help="of full speed, and again of the fixed rate")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--servers", default="bare,daphne,uvicorn")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="supportdesk-bench-"))
    place.chmod(0o755)
    running = prepare(place)
    try:
        postgres = next(process.pid for service, process in running.processes if service.name == "postgres")
        figures = report(asyncio.run(run(options, postgres)))
    finally:
        running.stop()
        shutil.rmtree(place, ignore_errors=True)
    say("")
    say(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; medians of {options.rounds} rounds")
    print(json.dumps(figures, indent=1) if options.json else table(figures))


if __name__ == "__main__":
    main()
