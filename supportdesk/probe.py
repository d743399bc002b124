"""The probe: a borrower and an agent of the desk's own who talk through the front door, as people do.

Each round takes new socket tickets over HTTP, connects both, posts a message each way, and goes on after a cut. It
tells what no counter inside can tell: that a message gets from one person to another through everything that stands
between them.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import orjson
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from supportdesk.simulation.client import Client, Frame
from tickets.actions.operations import ProbePass, open_probe, record_probe_runs, show_life
from tickets.models import ProbeRun

log = logging.getLogger(__name__)
STEP_TIME = 10.0  # seconds any step may take
PASS_TIME = 6 * 3600  # seconds until both sign in anew
WAITING_LIMIT = 5_000  # rounds kept while Postgres is away: two days
CSRF = "probe".ljust(32, "0")  # proves only that cookie and header come from one program


class StepFailed(Exception):
    """The desk answered, but not as it must; the code says how."""


class Probe:
    """Goes round and round; whatever happens becomes a row, at the latest when Postgres is back."""

    def __init__(self) -> None:
        self.passes: ProbePass | None = None
        self.opened_at = 0.0
        self.waiting: list[ProbeRun] = []

    def go_round(self) -> ProbeRun:
        run = ProbeRun()
        try:
            asyncio.run(Round(run).go(self._current_passes()))
        except (DatabaseError, InterfaceError) as error:
            self._note_failure(run, "sign_in", error)
        except Exception as error:  # whatever keeps people out keeps the probe out, and is told
            self._note_failure(run, run.failed_step, error)
        else:
            run.failed_step = ""
        self.waiting = [*self.waiting, run][-WAITING_LIMIT:]
        self._record()
        return run

    def _current_passes(self) -> ProbePass:
        if self.passes is None or time.monotonic() - self.opened_at > PASS_TIME:
            self.passes, self.opened_at = open_probe(), time.monotonic()
        return self.passes

    def _note_failure(self, run: ProbeRun, step: str, error: Exception) -> None:
        run.failed_step = step or "sign_in"
        run.error = (str(error) if isinstance(error, StepFailed) else type(error).__name__)[:60]
        self.passes = None
        log.warning("the probe failed at %s: %s", run.failed_step, run.error)

    def show_life(self) -> None:
        try:
            show_life(program="probe")
        except (DatabaseError, InterfaceError):
            connection.close()  # the round has said so

    def _record(self) -> None:
        try:
            record_probe_runs(runs=self.waiting)
            self.waiting = []
        except (DatabaseError, InterfaceError) as error:
            log.warning("%d rounds of the probe wait for the database: %s", len(self.waiting), type(error).__name__)
            connection.close()


class Round:
    """One round; ``run.failed_step`` is the step under way, until the whole round is through."""

    def __init__(self, run: ProbeRun) -> None:
        self.run = run

    async def go(self, passes: ProbePass) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=STEP_TIME) as http:
            borrower = Client(settings.PUBLIC_URL, http, {"Authorization": f"Bearer {passes.borrower_secret}"})
            agent = Client(settings.PUBLIC_URL, http, _as_staff(passes.staff.key))
            try:
                await self._talk(borrower, agent, str(passes.conversation))
            finally:
                await asyncio.gather(borrower.close(), agent.close(), return_exceptions=True)

    async def _talk(self, borrower: Client, agent: Client, conversation: str) -> None:
        await self._step("connect", self._connect(borrower, conversation, 0, fresh=True))
        seq = await self._step("connect", self._connect(agent, conversation, 0, fresh=True))
        began_at = time.perf_counter()
        question = await self._step("acknowledge", _post(borrower, conversation))
        self.run.acknowledgement_time = time.perf_counter() - began_at
        seq = (await self._step("deliver", _hear(agent, _entry(question))))["seq"]
        answer = await self._step("answer", _post(agent, conversation))
        await self._step("answer", _hear(borrower, _entry(answer)))
        self.run.round_trip_time = time.perf_counter() - began_at
        await self._resume(borrower, agent, conversation, seq)

    async def _resume(self, borrower: Client, agent: Client, conversation: str, seq: int) -> None:
        """The agent's line is cut; what was said meanwhile comes after the last that was heard, without a hole."""
        await agent.close()
        missed = await self._step("resume", _post(borrower, conversation))
        began_at = time.perf_counter()
        await self._step("resume", self._connect(agent, conversation, seq))
        heard = [await self._step("resume", _hear(agent, _is_entry)) for _ in range(2)]
        if [frame["seq"] for frame in heard] != [seq + 1, seq + 2] or heard[1]["entry"]["body"] != missed:
            raise StepFailed("hole")
        self.run.resume_time = time.perf_counter() - began_at

    async def _connect(self, client: Client, conversation: str, after: int, *, fresh: bool = False) -> int:
        """A ticket, a socket, a subscription; a fresh one begins at the end of the log."""
        await client.connect()
        await _hear(client, lambda frame: frame["type"] == "welcome")
        if fresh:
            after = (await client.call("GET", f"/api/v1/conversations/{conversation}"))["seq"]
        await client.subscribe(conversation, after)
        if fresh:
            await _hear(client, lambda frame: frame["type"] == "synced")
        return after

    async def _step(self, name: str, work: Any) -> Any:
        self.run.failed_step = name
        async with asyncio.timeout(STEP_TIME):
            return await work


def _as_staff(session: str) -> dict[str, str]:
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"
    url = settings.PUBLIC_URL
    return {"Cookie": cookies, "X-CSRFToken": CSRF, "Origin": url, "Referer": f"{url}/"}


async def _post(client: Client, conversation: str) -> str:
    """Post one message, returning its text once it is acknowledged."""
    id_ = str(uuid.uuid4())
    body = f"probe {id_}"
    await client.send({"type": "message.post", "id": id_, "conversation": conversation, "body": body})
    answer = await _hear(client, lambda frame: frame.get("id") == id_)
    if answer["type"] != "posted":
        raise StepFailed(f"refused {answer.get('code')}")
    return body


async def _hear(client: Client, fits: Callable[[Frame], bool]) -> Frame:
    """The next frame that fits; credit is given back on the way."""
    assert client.socket is not None
    while True:
        frame: Frame = orjson.loads(await client.socket.recv())
        if frame["type"] in {"bye", "dropped", "reset", "error"}:
            raise StepFailed(f"{frame['type']} {frame.get('code', '')}".strip())
        if frame["type"] == "entry.posted":
            await client.send({"type": "received", "conversation": frame["conversation"], "seq": frame["seq"]})
        if fits(frame):
            return frame


def _entry(body: str) -> Callable[[Frame], bool]:
    return lambda frame: _is_entry(frame) and frame["entry"]["body"] == body


def _is_entry(frame: Frame) -> bool:
    return bool(frame["type"] == "entry.posted")
