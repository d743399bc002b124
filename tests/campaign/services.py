"""Faults of Postgres and Redis that are not deaths: emptied, away for long, no connections left, all of them ended."""

import asyncio
import contextlib
import os
import resource
from pathlib import Path
from typing import Any

import psycopg2
import redis

from tests.campaign.checker import query
from tests.campaign.desk import WEBS
from tests.campaign.faults import FAULTS, Fault, moment
from tests.campaign.results import at
from tests.campaign.world import World

EXHAUSTED_TIME = 8.0  # seconds without a connection or a file left
SPARED = 2  # file descriptors a web process may still open
TERMINATE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
 where backend_type = 'client backend' and pid <> pg_backend_pid()
"""
TERMINATE_OTHERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
 where backend_type = 'client backend' and pid <> all(%s)
"""


async def flush(world: World) -> float:
    """Redis forgets everything."""
    began = moment()
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    await asyncio.to_thread(client.flushall)
    client.close()
    return began


async def without_redis(world: World) -> float:
    """No Redis for long; what counts is how soon messages are shown meanwhile."""
    supervisor, program = world.desk.supervisor, world.desk.programs["redis"]
    await supervisor.stop("redis")
    shown = len(world.ledger.delays)
    await asyncio.sleep(world.outage)
    world.measured = at(sorted(world.ledger.delays[shown:]), 0.95)
    supervisor.start(program)
    return moment()


async def terminate(world: World) -> float:
    """Every connection to Postgres is ended at once."""
    began = moment()
    await asyncio.to_thread(query, world.database, TERMINATE)
    return began


async def exhaust(world: World) -> float:
    """A greedy program takes every connection there is, those of the desk too, and holds them for a while."""
    taken: list[Any] = []
    try:
        await asyncio.to_thread(_take_all, world.database, taken)
        ends = moment() + EXHAUSTED_TIME
        while moment() < ends:
            own = [one.info.backend_pid for one in taken]
            await asyncio.to_thread(query_on, taken[0], TERMINATE_OTHERS, own)
            await asyncio.to_thread(_take_all, world.database, taken)
    finally:
        for connection in taken:
            connection.close()
    return moment()


def _take_all(url: str, taken: list[Any]) -> None:
    """As many as Postgres gives."""
    with contextlib.suppress(psycopg2.OperationalError):
        while True:
            taken.append(psycopg2.connect(url))


def query_on(connection: Any, statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


async def no_files(world: World) -> float:
    """The web processes may open no further file or connection for a while."""
    pids = [world.desk.pid(name) for name in WEBS]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}
    try:
        for pid in pids:
            used = len(list(Path(f"/proc/{pid}/fd").iterdir())) + SPARED
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, before[pid][1]))
        world.desk.proxy.cut(0.5)
        await asyncio.sleep(EXHAUSTED_TIME)
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before[pid])
    return moment()


SERVICES = (
    Fault("redis-flush", "FLUSHALL", flush, (), 2.0),
    Fault("redis-away", "no Redis for minutes (p95 of deliveries)", without_redis, ("redis",), 2.0),
    Fault("pg-terminate", "pg_terminate_backend of all", terminate, (), 2.0),
    Fault("pg-exhausted", "no connection to Postgres left for 8 s", exhaust, (), 10.0),
    Fault("fd-exhausted", "no file descriptor left for 8 s, half of the sockets cut", no_files, WEBS, 10.0),
)
FAULTS |= {fault.name: fault for fault in SERVICES}
