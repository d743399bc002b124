"""Whether a class of promised work is done, and by whom: a judgement over numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

ROUTING, MAIL, IMPORT, SCORE, REPORT, MODEL, OTHER = "routing", "mail", "import", "score", "report", "model", "other"
WORKS = (MAIL, IMPORT, SCORE, REPORT, MODEL, OTHER)  # routing is work as well, but owes by the clock, not by jobs
CLOCK = "clock"  # Celery's beat, broker and worker together: as young as their last answer

STILL = 20.0  # seconds without a pulse after which a worker counts as stopped; it beats every two
LATE = 45.0  # seconds that a row may be due while nothing of its class is begun
CLOCK_STILL = 40.0  # seconds without an answer of Celery's clock; it ticks every ten


@dataclass(frozen=True)
class ClassNow:
    """One class of work: age of its oldest due row, how many are due, how many failed, the last beginning."""

    work: str
    age: float = 0.0
    waiting: int = 0
    failed: int = 0
    since_claim: float | None = None


@dataclass(frozen=True)
class Pulse:
    """A worker: the classes it does, where it runs, and how long ago its heart beat."""

    works: tuple[str, ...]
    host: str
    pid: int
    age: float


def trouble_of_class(now: ClassNow) -> str:
    """Why a class of work is not done; empty when it is. Many rows are no trouble as long as they are begun."""
    is_begun = now.since_claim is not None and now.since_claim < LATE
    if now.age < LATE or is_begun:
        return ""
    return f"the oldest undone row has been due for {now.age:.0f} s and nothing was begun"


def trouble_of_workers(pulses: Sequence[Pulse], *, still: float = STILL) -> str:
    """Why nobody does a class of work, from the pulses of its workers; empty when somebody does."""
    if not pulses:
        return "no worker"
    youngest = min(pulse.age for pulse in pulses)
    return "" if youngest < still else f"no pulse for {youngest:.0f} s"
