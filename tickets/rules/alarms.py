"""When the desk is not well: every condition with its threshold, over plain facts. docs/operate.md says what to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tickets.rules.email.loops import is_broken
from tickets.rules.histograms import quantile
from tickets.rules.workers import CLOCK, ROUTING, WORKS, ClassNow, Pulse

PROBE_FAILURES = 2  # in a row
PROBE_STILL = 180.0  # seconds without a round
SLOW_ACKNOWLEDGEMENT = 1.0  # seconds, of one in twenty
SLOW_DELIVERY = 2.0
FEWEST = 20  # messages in five minutes, below which one slow message says nothing
OLD_JOB = 60.0  # seconds
LATE_MAIL = 300.0
STILL = 60.0  # seconds without a sign of life
FULL_DISK = 0.8
MANY_CONNECTIONS = 0.8
SOCKETS = 5_000  # of one process, as measured
MANY_SOCKETS = 0.8
BUSY_LOOP = 1.0  # seconds
GRAVE_CODES = ("database", "storage")


@dataclass(frozen=True)
class MailboxNow:
    """A mailbox: seconds since it was last read without trouble, and letters that came and were not read yet."""

    id: int
    address: str
    is_on: bool
    age: float | None
    waiting: int = 0
    oldest: float = 0.0
    state: str = ""
    error: str = ""
    missed: int = 0  # letters that the last comparison with the server found missing


@dataclass(frozen=True)
class ProcessNow:
    """A process of the desk that gives signs of life, and what it counted in the last minutes."""

    program: str
    host: str
    pid: int
    age: float
    sockets: Mapping[str, int] = field(default_factory=dict)
    memory: int = 0
    lag: float = 0.0
    disk_used: float | None = None
    release: str = ""

    @property
    def is_alive(self) -> bool:
        return self.age < STILL


@dataclass(frozen=True)
class LiveNow:
    """The live path of all web processes together in the last minutes."""

    bounds: Sequence[float] = ()
    acknowledged: Sequence[int] = ()
    delivered: Sequence[int] = ()
    posted: int = 0
    resumed: int = 0
    gaps: int = 0
    resets: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)

    def acknowledgement(self, share: float) -> float | None:
        return quantile(self.bounds, self.acknowledged, share)

    def delivery(self, share: float) -> float | None:
        return quantile(self.bounds, self.delivered, share)


@dataclass(frozen=True)
class RoundNow:
    """A round of the probe: seconds ago, the step that failed, if one did, and how long each part took."""

    age: float
    failed_step: str = ""
    acknowledgement_time: float | None = None
    round_trip_time: float | None = None
    resume_time: float | None = None


@dataclass(frozen=True)
class DeskFacts:
    """Everything the conditions look at."""

    live: LiveNow = field(default_factory=LiveNow)
    processes: Sequence[ProcessNow] = ()
    works: Sequence[ClassNow] = ()
    pulses: Sequence[Pulse] = ()
    mailboxes: Sequence[MailboxNow] = ()
    rounds: Sequence[RoundNow] = ()
    chats_waiting: int = 0
    chat_age: float = 0.0
    letters_set_aside: int = 0
    acknowledged_lately: int = 0  # letters acknowledged by machine in ten minutes
    acknowledged_usually: float = 0.0
    journal_gaps: int = 0
    connections: int = 0
    connections_limit: int = 0
    database_size: int = 0
    redis_is_up: bool = True

    @property
    def web(self) -> list[ProcessNow]:
        return [process for process in self.processes if process.program == "web" and process.is_alive]


@dataclass(frozen=True)
class Alarm:
    """A condition that holds: what it is about, and the figure that raised it."""

    code: str
    subject: str = ""
    value: float = 0.0
    is_grave: bool = True


Found = Iterator[tuple[str, float]]


def _probe_failed(facts: DeskFacts) -> Found:
    latest = facts.rounds[:PROBE_FAILURES]
    if len(latest) == PROBE_FAILURES and all(each.failed_step for each in latest):
        yield latest[0].failed_step, float(PROBE_FAILURES)


def _probe_silent(facts: DeskFacts) -> Found:
    if not facts.rounds or facts.rounds[0].age > PROBE_STILL:
        yield "", facts.rounds[0].age if facts.rounds else 0.0


def _slow(counts: Sequence[int], p95: float | None, limit: float) -> Found:
    if sum(counts) >= FEWEST and p95 is not None and p95 > limit:
        yield "", p95


def _outbox_old(facts: DeskFacts) -> Found:
    yield from ((now.work, now.age) for now in facts.works if now.age > OLD_JOB)


def _jobs_failed(facts: DeskFacts) -> Found:
    yield from ((now.work, float(now.failed)) for now in facts.works if now.failed)


def _workers_silent(facts: DeskFacts) -> Found:
    for work in (ROUTING, *WORKS, CLOCK):
        ages = [pulse.age for pulse in facts.pulses if work in pulse.works]
        if min(ages, default=STILL) >= STILL:
            yield work, min(ages, default=0.0)


def _mailbox_late(facts: DeskFacts) -> Found:
    for mailbox in facts.mailboxes:
        if mailbox.is_on and (mailbox.age is None or mailbox.age > LATE_MAIL):
            yield str(mailbox.id), mailbox.age or 0.0


def _letters_waiting(facts: DeskFacts) -> Found:
    yield from ((str(box.id), box.oldest) for box in facts.mailboxes if box.oldest > LATE_MAIL)


def _letters_missed(facts: DeskFacts) -> Found:
    yield from ((str(box.id), float(box.missed)) for box in facts.mailboxes if box.missed)


def _letters_answering(facts: DeskFacts) -> Found:
    if is_broken(facts.acknowledged_lately, facts.acknowledged_usually):
        yield "", float(facts.acknowledged_lately)


def _journal_gaps(facts: DeskFacts) -> Found:
    if facts.journal_gaps:
        yield "", float(facts.journal_gaps)


def _disk_full(facts: DeskFacts) -> Found:
    worst: dict[str, float] = {}
    for process in facts.processes:
        if process.is_alive and process.disk_used is not None:
            worst[process.host] = max(worst.get(process.host, 0.0), process.disk_used)
    yield from ((host, used) for host, used in worst.items() if used > FULL_DISK)


def _connections_many(facts: DeskFacts) -> Found:
    share = facts.connections / facts.connections_limit if facts.connections_limit else 0.0
    if share > MANY_CONNECTIONS:
        yield "", share


def _redis_away(facts: DeskFacts) -> Found:
    if not facts.redis_is_up:
        yield "", 0.0


def _web_silent(facts: DeskFacts) -> Found:
    if not facts.web:
        yield "", min((process.age for process in facts.processes if process.program == "web"), default=0.0)


def _sockets_many(facts: DeskFacts) -> Found:
    for process in facts.web:
        count = sum(process.sockets.values())
        if count > MANY_SOCKETS * SOCKETS:
            yield f"{process.host} {process.pid}", float(count)


def _posts_refused(facts: DeskFacts) -> Found:
    yield from ((code, float(facts.live.refused[code])) for code in GRAVE_CODES if facts.live.refused.get(code))


def _loop_busy(facts: DeskFacts) -> Found:
    yield from ((f"{each.host} {each.pid}", each.lag) for each in facts.web if each.lag > BUSY_LOOP)


CONDITIONS: dict[str, Callable[[DeskFacts], Found]] = {
    "probe_failed": _probe_failed,
    "probe_silent": _probe_silent,
    "web_silent": _web_silent,
    "workers_silent": _workers_silent,
    "posts_refused": _posts_refused,
    "acknowledgements_slow": lambda facts: _slow(
        facts.live.acknowledged, facts.live.acknowledgement(0.95), SLOW_ACKNOWLEDGEMENT
    ),
    "deliveries_slow": lambda facts: _slow(facts.live.delivered, facts.live.delivery(0.95), SLOW_DELIVERY),
    "redis_away": _redis_away,
    "outbox_old": _outbox_old,
    "jobs_failed": _jobs_failed,
    "mailbox_late": _mailbox_late,
    "letters_waiting": _letters_waiting,
    "letters_missed": _letters_missed,
    "letters_answering": _letters_answering,
    "journal_gaps": _journal_gaps,
    "disk_full": _disk_full,
    "connections_many": _connections_many,
    "sockets_many": _sockets_many,
    "loop_busy": _loop_busy,
}
MILD = {"redis_away", "jobs_failed", "letters_waiting", "sockets_many", "loop_busy", "probe_silent"}


def alarms_of(facts: DeskFacts) -> list[Alarm]:
    """Every condition that holds, the grave ones first."""
    found = [
        Alarm(code, subject, value, code not in MILD)
        for code, condition in CONDITIONS.items()
        for subject, value in condition(facts)
    ]
    return sorted(found, key=lambda alarm: not alarm.is_grave)
