"""Keeps a set of programs running: one process tree, one stream of prefixed lines, one way to stop.

A program that ends is started again, at once the first time and then ever later while it keeps failing. Every child
leads a session of its own, so that Ctrl-C reaches only the supervisor, and dies with it even when it is killed.
"""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supportdesk.processes import as_user, die_with_parent, signal_group

FIRST_DELAY, LONGEST_DELAY = 0.2, 10.0  # seconds before a program is started again
HEALTHY_AFTER = 20.0  # seconds after which a crash counts as the first one again
GRACE = 12.0  # seconds a program has to end by itself
LOOK_TIME = 4.0  # seconds between questions whether a program is stuck; two answers in a row are believed
STUCK_GRACE = 3.0  # seconds a stuck program has to end by itself


@dataclass(frozen=True)
class Program:
    """One program to keep running; ``is_up`` tells when it serves, ``user`` whom it runs as.

    ``trouble`` tells why a process of it is stuck, by its id; one that is stuck is ended and started again.
    """

    name: str
    command: Sequence[str]
    is_up: Callable[[], Awaitable[bool]] | None = None
    trouble: Callable[[int], Awaitable[str]] | None = None
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None
    folder: Path | None = None


class Supervisor:
    """Starts, watches, restarts and stops programs; ``say(name, line)`` gets everything they print."""

    def __init__(self, say: Callable[[str, str], None], pids: Path) -> None:
        self.say = say
        self.pids = pids
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.keepers: dict[str, asyncio.Task[None]] = {}
        self.programs: dict[str, Program] = {}

    def start(self, program: Program) -> None:
        """Begin to keep a program running."""
        self.programs[program.name] = program
        self.keepers[program.name] = asyncio.create_task(self._keep(program))

    async def wait_until_up(self, name: str, seconds: float) -> bool:
        """Whether the program serves within so many seconds."""
        is_up = self.programs[name].is_up
        deadline = time.monotonic() + seconds
        while is_up is not None and not await is_up():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    async def run(self, program: Program) -> int:
        """Run a program once to its end; returns its exit code."""
        process = await self._spawn(program)
        relay = asyncio.create_task(self._relay(program.name, process))
        try:
            code = await process.wait()
        finally:
            await self._end(program, process)
        await relay
        return code

    async def stop(self, *names: str) -> None:
        """Stop these programs (all when none is named), each with its own signal, together; returns when all ended."""
        chosen = [name for name in names or list(self.keepers) if name in self.keepers]
        keepers = [self.keepers.pop(name) for name in chosen]
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(*keepers, return_exceptions=True)
        await asyncio.gather(
            *(self._end(self.programs[name], self.processes[name]) for name in chosen if name in self.processes)
        )

    async def _keep(self, program: Program) -> None:
        delay = 0.0
        while True:
            began = time.monotonic()
            process = await self._spawn(program)
            relay = asyncio.create_task(self._relay(program.name, process))
            watch = asyncio.create_task(self._watch(program, process))
            try:
                code = await process.wait()
            finally:
                watch.cancel()
            signal_group(process.pid, signal.SIGKILL)  # what a killed parent left behind
            relay.cancel()
            delay = (
                FIRST_DELAY
                if time.monotonic() - began > HEALTHY_AFTER
                else min(max(delay * 2, FIRST_DELAY), LONGEST_DELAY)
            )
            self.say(program.name, f"ended {_how(code)}; starting it again in {delay:g} s")
            await asyncio.sleep(delay)

    async def _watch(self, program: Program, process: asyncio.subprocess.Process) -> None:
        """End a process that lives and does nothing; its keeper starts another."""
        if program.trouble is None:
            return
        before = ""
        while True:
            await asyncio.sleep(LOOK_TIME)
            now = await program.trouble(process.pid)
            if before and now:
                break
            before = now
        self.say(program.name, f"is stuck ({now}); ending it")
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop_signal)
        await asyncio.sleep(STUCK_GRACE)
        signal_group(process.pid, signal.SIGKILL)

    async def _spawn(self, program: Program) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *program.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | program.environment,
            **as_user(program.user),
            cwd=program.folder,
            start_new_session=True,
            preexec_fn=die_with_parent(program.stop_signal),
        )
        self.processes[program.name] = process
        self._note()
        return process

    async def _relay(self, name: str, process: asyncio.subprocess.Process) -> None:
        """Say what the program prints; a line longer than the buffer comes in pieces."""
        assert process.stdout is not None
        while True:
            try:
                line = await process.stdout.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                line = end.partial
            except asyncio.LimitOverrunError as long:
                line = await process.stdout.read(long.consumed)
            if not line:
                return
            self.say(name, line.decode(errors="replace").rstrip())

    async def _end(self, program: Program, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(program.stop_signal)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(process.wait(), GRACE)
        signal_group(process.pid, signal.SIGKILL)
        await process.wait()
        self.processes.pop(program.name, None)
        self._note()

    def _note(self) -> None:
        """Keep the file of process ids, for people and for tests that break things."""
        facts = {name: process.pid for name, process in self.processes.items()}
        draft = self.pids.with_suffix(".new")
        draft.write_text(json.dumps({"supervisor": os.getpid()} | facts))
        draft.replace(self.pids)


def _how(code: int) -> str:
    return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
