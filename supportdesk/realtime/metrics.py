"""What a process counts about its live path, for ``/metrics`` and for the operations page.

The counters lie on the path of every message, so they are the plainest there are: a list, a dictionary, no lock. They
are moved on the event loop; what another thread adds at the same instant may be lost, which a count can bear and a
message's time cannot. docs/operate.md describes every one of them.
"""

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200)
SAMPLE_PAUSE = 0.01  # seconds between two deliveries that are measured: enough for a histogram, free under load
CREATED = '"created_at":"'

REGISTRY = CollectorRegistry()
PROCESS = ProcessCollector(registry=REGISTRY)
clock = time.perf_counter


class Count(Collector):
    """A number that only grows, for each value of one label (or for none)."""

    family: type[CounterMetricFamily] | type[GaugeMetricFamily] = CounterMetricFamily

    def __init__(self, name: str, words: str, label: str = "", values: Iterable[str] = ("",)) -> None:
        self.name, self.words, self.label = name, words, label
        self.values: dict[str, float] = dict.fromkeys(values, 0)
        REGISTRY.register(self)

    def inc(self, value: str = "", by: float = 1) -> None:
        self.values[value] = self.values.get(value, 0) + by

    def collect(self) -> Iterator[Metric]:
        family = self.family(self.name, self.words, labels=[self.label] if self.label else [])
        for value, number in list(self.values.items()):
            family.add_metric([value] if self.label else [], number)
        yield family


class Level(Count):
    """A number that comes and goes, such as open sockets."""

    family = GaugeMetricFamily

    def dec(self, value: str = "") -> None:
        self.inc(value, -1)

    def set(self, number: float, value: str = "") -> None:
        self.values[value] = number


class Spread(Collector):
    """How numbers are spread over bounds: a histogram."""

    def __init__(self, name: str, words: str, bounds: Sequence[float] = SECONDS) -> None:
        self.name, self.words, self.bounds = name, words, bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0
        REGISTRY.register(self)

    def observe(self, number: float) -> None:
        self.counts[bisect_left(self.bounds, number)] += 1
        self.sum += number

    def collect(self) -> Iterator[Metric]:
        below, buckets = 0, []
        for bound, count in zip((*map(float, self.bounds), "+Inf"), self.counts, strict=True):
            below += count
            buckets.append((str(bound), below))
        yield HistogramMetricFamily(self.name, self.words, buckets=buckets, sum_value=self.sum)


acknowledged = Spread("supportdesk_acknowledgement_seconds", "From a post's arrival to its acknowledgement, durable")
delivered = Spread("supportdesk_delivery_seconds", "From an entry's commit to its sending to a reader who is level")
posted = Count("supportdesk_posts", "Posts acknowledged on sockets", "outcome", ("stored", "duplicate"))
refused = Count(
    "supportdesk_refusals", "Posts refused on sockets", "code", ("database", "storage", "order", "overload")
)
frames = Count("supportdesk_frames", "Frames on sockets", "direction", ("in", "out"))
sockets = Level("supportdesk_sockets", "Greeted sockets open now", "kind", ("borrower", "staff"))
closed = Count("supportdesk_socket_closes", "Sockets ended: the code of the desk, or client", "code", ("client",))
resumed = Count("supportdesk_resumes", "Subscriptions that go on after a known sequence")
gaps = Count("supportdesk_gaps", "Hints that did not come in time, so that the log was read")
resets = Count("supportdesk_resets", "Subscriptions too far behind to be brought level")
batches = Spread("supportdesk_commit_batch_posts", "Posts stored together by one commit", SIZES)
commits = Spread("supportdesk_commit_seconds", "One commit of posts, from the hand-over to its end")
lost_hints = Count("supportdesk_hints_lost", "Hints that Redis did not take")
loop_lag = Level("supportdesk_loop_lag_seconds", "How late the event loop was, the worst of the last seconds")

_next_sample = 0.0


def note_lag(late: float) -> None:
    """The loop woke so much later than it wanted; the worst is remembered for some seconds."""
    loop_lag.set(max(late, loop_lag.values[""] * 0.8))


def note_delivery(text: str) -> None:
    """An entry goes to a reader: measure now and then how old it is, by the time it carries."""
    global _next_sample
    now = clock()
    if now < _next_sample:
        return
    _next_sample = now + SAMPLE_PAUSE
    at = text.find(CREATED) + len(CREATED)
    if at >= len(CREATED):
        created_at = datetime.fromisoformat(text[at : text.index('"', at)])
        delivered.observe(max(0.0, time.time() - created_at.timestamp()))
