"""How a web process is seen: it gives signs of life into Postgres, and answers ``/metrics`` on a port of its own.

Both have threads of their own, so that they go on while the event loop is busy, and neither stops the process.
"""

import logging
import shutil
import threading
import time
from collections import deque
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from supportdesk.realtime import metrics
from tickets.actions import operations
from tickets.rules.histograms import subtracted

log = logging.getLogger(__name__)
WINDOW = 300.0  # seconds that the figures of now look back
SAMPLE_TIME = 60.0

Figures = dict[str, Any]
SPREADS = {"acknowledged": metrics.acknowledged, "delivered": metrics.delivered}
COUNTS = {"posted": metrics.posted, "refused": metrics.refused, "closed": metrics.closed}
SINGLE = {"resumed": metrics.resumed, "gaps": metrics.gaps, "resets": metrics.resets}


def begin(program: str) -> None:
    """Begin both in this process, as far as the settings want them."""
    if settings.PULSE_TIME:
        Pulse(program).start()
    if settings.METRICS_PORT:
        from supportdesk.exposition import serve

        serve(settings.METRICS_HOST, settings.METRICS_PORT)


class Pulse(threading.Thread):
    """Every few seconds the figures of the last minutes, every minute a sample of that minute."""

    def __init__(self, program: str) -> None:
        super().__init__(name="pulse", daemon=True)
        self.program = program
        self.past: deque[tuple[float, Figures]] = deque([(time.monotonic(), counted())])
        self.sampled_at, self.sampled = self.past[0]

    def run(self) -> None:
        while True:
            time.sleep(settings.PULSE_TIME)
            try:
                self.beat(time.monotonic())
            except (DatabaseError, InterfaceError) as error:
                log.warning("the sign of life was not written: %s", type(error).__name__)
            connection.close()

    def beat(self, now: float) -> None:
        new = counted()
        self.past.append((now, new))
        while len(self.past) > 2 and now - self.past[0][0] > WINDOW:
            self.past.popleft()
        process = operations.show_life(program=self.program, facts=difference(new, self.past[0][1]) | levels())
        if now - self.sampled_at >= SAMPLE_TIME:
            operations.record_sample(process=process, facts=difference(new, self.sampled) | levels())
            self.sampled_at, self.sampled = now, new


def counted() -> Figures:
    """Everything that only grows, as it stands."""
    spreads: Figures = {name: list(spread.counts) for name, spread in SPREADS.items()}
    counts: Figures = {name: dict(count.values) for name, count in COUNTS.items()}
    return spreads | counts | {name: count.values[""] for name, count in SINGLE.items()}


def difference(new: Figures, old: Figures) -> Figures:
    """What was counted between two moments; what did not happen is left out."""
    spreads = {name: subtracted(new[name], old[name]) for name in SPREADS if new[name] != old[name]}
    counts = {name: _grown(new[name], old[name]) for name in COUNTS}
    single = {name: new[name] - old[name] for name in SINGLE}
    return spreads | {name: count for name, count in (counts | single).items() if count}


def levels() -> Figures:
    """What is so just now: sockets, memory, lateness, the disk."""
    disk = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else "/")
    return {
        "sockets": {kind: max(0, round(count)) for kind, count in metrics.sockets.values.items()},
        "memory": memory(),
        "lag": round(metrics.loop_lag.values[""], 3),
        "disk_used": round((disk.total - disk.free) / disk.total, 4),
        "disk_free": disk.free,
    }


def memory() -> int:
    """Bytes of this process in memory; 0 where the system does not tell."""
    found = {sample.name: sample.value for family in metrics.PROCESS.collect() for sample in family.samples}
    return round(found.get("process_resident_memory_bytes", 0))


def _grown(new: dict[str, float], old: dict[str, float]) -> dict[str, float]:
    return {value: count - old.get(value, 0) for value, count in new.items() if count != old.get(value, 0)}
