"""From nothing to a running desk, and back to nothing."""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from supportdesk import embedded
from supportdesk.desk import facts, programs
from supportdesk.desk.output import Lines, welcome
from supportdesk.desk.places import NotStarted, Places, from_environment, require_free_ports, require_writable
from supportdesk.supervise import Supervisor

UP_TIME = 240  # seconds everything may take to serve, on a slow machine


def main() -> int:
    try:
        places = from_environment()
        require_writable(places.var)
        with only_one(places.var):
            require_free_ports(places)
            return asyncio.run(run(places))
    except (NotStarted, embedded.CannotStart, ImproperlyConfigured) as reason:
        print(f"The desk was not started. {reason}", file=sys.stderr)
        return 1


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Hold the directory: the lock goes with the process, however it ends."""
    with (var / "desk.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise NotStarted(
                f"It already runs as process {lock.read().strip() or 'unknown'} with its data in {var}; "
                "stop it with Ctrl-C there, or start another one with SD_VAR and other ports."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def run(places: Places) -> int:
    """Start everything, serve until told to stop, stop everything."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    with (places.var / "desk.log").open("a", encoding="utf-8") as log:
        lines = Lines(log)
        supervisor = Supervisor(lines.say, places.var / "processes.json")
        began = time.monotonic()
        start = asyncio.create_task(start_everything(places, supervisor, lines))
        stop = asyncio.create_task(stopping.wait())
        fill: asyncio.Task[None] | None = None
        try:
            await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
            if start.done():
                lines.show(start.result())
                lines.say("desk", f"ready in {time.monotonic() - began:.1f} s")
                fill = asyncio.create_task(fill_quality(places, supervisor, lines))
                await stop
        finally:
            begun = [start, fill] if fill else [start]
            for task in begun:
                task.cancel()
            await asyncio.gather(*begun, return_exceptions=True)
            await stop_everything(places, supervisor, lines)
    return 0


async def start_everything(places: Places, supervisor: Supervisor, lines: Lines) -> str:
    """Databases first, then what they need, then what people use; returns the words of welcome."""
    os.environ["SD_VAR"] = str(places.var)
    places = await start_databases(places, supervisor, lines)
    settings = facts.settings_of(places)
    facts.write_privately(places.var / "services.json", settings)
    await prepare(places, supervisor, lines)
    first = [programs.web(places), *(programs.demo(places, settings) if places.is_demo else [])]
    lines.say("desk", f"starting {', '.join(program.name for program in first)}")
    for program in first:
        supervisor.start(program)
    for program in first:
        if not await supervisor.wait_until_up(program.name, UP_TIME):
            raise NotStarted(f"{program.name} does not serve after {UP_TIME} s; see {places.var / 'desk.log'}.")
    for program in programs.workers():
        supervisor.start(program)
    told = facts.demo_of(places, settings)
    facts.write_privately(places.var / "demo.json", told)
    return welcome(told)


async def start_databases(places: Places, supervisor: Supervisor, lines: Lines) -> Places:
    """The embedded servers, for each address that the environment does not give."""
    postgres = None if places.database_url else await asyncio.to_thread(embedded.postgres, places.var)
    redis = None if places.redis_url else embedded.redis(places.var)
    services = [service for service in (postgres, redis) if service]
    for service in services:
        await wait_for_the_last_one(service, lines)
        supervisor.start(programs.embedded(service))
    for service in services:
        if not await supervisor.wait_until_up(service.name, UP_TIME):
            raise embedded.CannotStart(f"{service.name} does not start; see {places.var / 'desk.log'}.")
    if postgres:
        embedded.create_database(postgres)
    return replace(
        places,
        database_url=postgres.url if postgres else places.database_url,
        redis_url=redis.url if redis else places.redis_url,
    )


async def wait_for_the_last_one(service: embedded.Service, lines: Lines) -> None:
    """A desk that was killed leaves its servers a moment to write down what they hold."""
    for attempt in range(100):
        if not service.answers():
            return
        if attempt == 0:
            lines.say(service.name, "the last one is still stopping")
        await asyncio.sleep(0.1)
    raise embedded.CannotStart(f"Another {service.name} serves {service.log.parent}; stop it first.")


async def prepare(places: Places, supervisor: Supervisor, lines: Lines) -> None:
    """Migrations, words and demo data, unless nothing has changed since the last time."""
    stamp = places.var / "postgres" / "prepared"
    now = facts.fingerprint(places)
    is_ours = stamp.parent.exists() and "postgres" in supervisor.programs
    if is_ours and stamp.exists() and stamp.read_text() == now:
        return
    lines.say("desk", "preparing the database, the words and the demo data")
    if await supervisor.run(programs.prepare()):
        raise NotStarted(f"The preparation failed; what it said stands above and in {places.var / 'desk.log'}.")
    if is_ours:
        stamp.write_text(now)


async def fill_quality(places: Places, supervisor: Supervisor, lines: Lines) -> None:
    """The demo's past of quality, once the desk serves; it goes on at the next start when it was cut short."""
    if places.has_quality_past and await supervisor.run(programs.quality_past()):
        lines.say("desk", "the demo's past of quality is not complete; manage.py demo_quality goes on with it")


async def stop_everything(places: Places, supervisor: Supervisor, lines: Lines) -> None:
    lines.say("desk", "stopping")
    databases = {"postgres", "redis"} & supervisor.keepers.keys()
    await supervisor.stop(*(supervisor.keepers.keys() - databases))
    if databases:
        await supervisor.stop(*databases)
    for name in ("services.json", "demo.json", "processes.json"):
        (places.var / name).unlink(missing_ok=True)
    lines.say("desk", "stopped")
