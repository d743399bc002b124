"""``/metrics`` for Prometheus: a small server of its own on an internal port, never on the public one.

The process's own counts are always there. What only Postgres knows (the outbox, mailboxes, the probe) is read when
asked, at most every few seconds, and is missing rather than late when Postgres does not answer.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db import connection
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from supportdesk import hasty
from supportdesk.realtime.metrics import REGISTRY
from tickets.queries.operations import desk_facts
from tickets.rules.alarms import CONDITIONS, DeskFacts, alarms_of

log = logging.getLogger(__name__)
KEPT = 5.0  # seconds the figures of Postgres are good for
PATIENCE = 1.5  # seconds a scrape waits for them

Rows = Iterable[tuple[str, float | None]]


def serve(host: str, port: int) -> ThreadingHTTPServer | None:
    """Answer from now on; a port that is taken is said, and stops nothing."""
    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        log.error("metrics are not served on port %s: %s", port, type(error).__name__)
        return None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


class Handler(BaseHTTPRequestHandler):
    """GET /metrics; anything else is not there."""

    server_version, sys_version = "supportdesk", ""

    def do_GET(self) -> None:
        is_here = self.path.partition("?")[0] == "/metrics"
        body = generate_latest(REGISTRY) if is_here else b""
        self.send_response(200 if is_here else 404)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody needs a line for each scrape."""


class DeskFigures(Collector):
    """What stands in Postgres, and what Redis says."""

    def __init__(self) -> None:
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="figures")
        self._lock = threading.Lock()
        self._reading: Future[DeskFacts] | None = None
        self._read_at = 0.0

    def collect(self) -> Iterator[Metric]:
        facts = self.facts()
        yield _one("supportdesk_postgres_up", "Whether Postgres answered just now", float(facts is not None))
        yield _one(
            "supportdesk_redis_up",
            "Whether Redis answered just now",
            float(facts.redis_is_up if facts else hasty.answers(settings.REDIS_URL)),
        )
        if facts is not None:
            yield from figures_of(facts)

    def describe(self) -> Iterator[Metric]:
        """Names only: registering must not ask the database."""
        return iter(())

    def facts(self) -> DeskFacts | None:
        """The figures, a few seconds old at most; None when Postgres does not give them in time."""
        with self._lock:
            is_old = time.monotonic() - self._read_at > KEPT
            if self._reading is None or (self._reading.done() and (is_old or self._reading.exception())):
                self._reading, self._read_at = self._reader.submit(_read), time.monotonic()
            reading = self._reading
        try:
            return reading.result(PATIENCE)
        except TooLate:
            return None
        except Exception as error:  # whatever is wrong with Postgres, the process's own counts are wanted
            log.warning("the figures of the desk were not read: %s", type(error).__name__)
            return None


def figures_of(facts: DeskFacts) -> Iterator[Metric]:
    """Everything of the desk as a whole; mailboxes by number, never by address."""
    now = {work.work: work for work in facts.works}
    yield _many("outbox_oldest_age_seconds", "Age of the oldest due job", "work", ((w, n.age) for w, n in now.items()))
    yield _many("outbox_waiting", "Jobs that are due", "work", ((w, float(n.waiting)) for w, n in now.items()))
    yield _many("jobs_failed", "Jobs given up", "work", ((w, float(n.failed)) for w, n in now.items()))
    youngest: dict[str, float] = {}
    for pulse in facts.pulses:
        youngest |= {work: min(pulse.age, youngest.get(work, pulse.age)) for work in pulse.works}
    yield _many("worker_pulse_age_seconds", "Since the youngest pulse of its workers", "work", youngest.items())
    boxes = facts.mailboxes
    yield _many("mailbox_success_age_seconds", "Since it was read", "mailbox", ((str(b.id), b.age) for b in boxes))
    yield _many("letters_waiting", "Letters not read yet", "mailbox", ((str(b.id), float(b.waiting)) for b in boxes))
    yield _one("supportdesk_letters_set_aside", "Letters for a person to look at", facts.letters_set_aside)
    yield _one("supportdesk_chats_waiting", "Chats that wait for an agent", facts.chats_waiting)
    yield _one("supportdesk_chats_waiting_oldest_age_seconds", "How long the first has waited", facts.chat_age)
    yield _one("supportdesk_postgres_connections", "Connections of clients", facts.connections)
    yield _one("supportdesk_postgres_connections_limit", "Its max_connections", facts.connections_limit)
    yield _one("supportdesk_postgres_size_bytes", "Size of the database", facts.database_size)
    disks = {each.host: each.disk_used for each in facts.processes if each.is_alive}
    yield _many("disk_used_ratio", "Of the disk that holds the desk's directory", "host", disks.items())
    if facts.rounds:
        yield _one("supportdesk_probe_up", "Whether its last round went well", float(not facts.rounds[0].failed_step))
        yield _one("supportdesk_probe_age_seconds", "Since its last round", facts.rounds[0].age)
    for name in ("acknowledgement", "round_trip", "resume"):
        seconds = getattr(facts.rounds[0], f"{name}_time", None) if facts.rounds else None
        yield _many(f"probe_{name}_seconds", f"The {name} time of its last round", "", [("", seconds)])
    raised = {alarm.code for alarm in alarms_of(facts)}
    yield _many("alarm", "Whether the condition holds", "code", ((code, float(code in raised)) for code in CONDITIONS))


def _read() -> DeskFacts:
    try:
        return desk_facts()
    finally:
        connection.close()


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _many(name: str, words: str, label: str, rows: Rows) -> Metric:
    family = GaugeMetricFamily(f"supportdesk_{name}", words, labels=[label] if label else [])
    for value, number in rows:
        if number is not None:
            family.add_metric([value] if label else [], number)
    return family


REGISTRY.register(DeskFigures())
