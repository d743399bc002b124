"""The servers under test, started as the desk starts them, each for its turn only: nobody else hears its hints."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.place import ROOT, memory, processor_time
from supportdesk.desk.programs import APPLICATION, server
from supportdesk.processes import die_with_parent, free_port

PATIENCE = 120.0  # seconds to start


class Server:
    """One or more processes that serve the same desk."""

    def __init__(self, name: str, **environment: str) -> None:
        self.name = name
        self.ports: list[int] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        self._environment = environment

    @property
    def urls(self) -> list[str]:
        return [f"ws://127.0.0.1:{port}/ws/v1/" for port in self.ports]

    def start(self, port: int) -> None:
        """One more process, serving when this returns."""
        bare = (sys.executable, "-m", "bench.bare", str(port))
        command = bare if self.name == "bare" else server(self.name, APPLICATION, port=port)
        own = {**os.environ, **self._environment}
        leash = die_with_parent(signal.SIGKILL)
        self.processes.append(subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.DEVNULL, preexec_fn=leash))
        self.ports.append(port)
        _wait_for(self.name, port, self.processes[-1])

    def start_again(self) -> None:
        """Kill the processes and start as many on the same ports."""
        ports = self.ports
        self.stop()
        for port in ports:
            self.start(port)

    @property
    def processor_time(self) -> float:
        return sum(processor_time(process.pid) for process in self.processes)

    @property
    def memory(self) -> int:
        return sum(memory(process.pid) for process in self.processes)

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes, self.ports = [], []


@contextmanager
def serving(name: str, processes: int = 1, **environment: str) -> Iterator[Server]:
    """Start a server and stop it at the end; ``bare`` is the limit."""
    started = Server(name, **environment)
    try:
        for _ in range(processes):
            started.start(free_port())
        yield started
    finally:
        started.stop()


def _wait_for(name: str, port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{name} did not start") from None
            time.sleep(0.1)
