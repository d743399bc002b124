"""Which work the outbox can do: kinds of jobs, the functions that do them, and the class each kind belongs to.

``handler`` is for effects that are rows: effect and "done" commit together, so it happens exactly once.
``outside_handler`` is for effects beyond Postgres (a letter sent): the effect may be repeated after a crash, so it must
carry a fixed identity of its own (a letter's Message-ID). Either way the attempt is committed before it is made.

Classes of work have workers, or threads, of their own: none of them ever waits for another.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tickets.rules.workers import IMPORT, MAIL, MODEL, OTHER, REPORT, ROUTING, SCORE, WORKS

if TYPE_CHECKING:
    from tickets.models import Job

__all__ = ["IMPORT", "MAIL", "MODEL", "OTHER", "REPORT", "ROUTING", "SCORE", "WORKS"]

Handler = Callable[["Job"], None]


MAX_ATTEMPTS = 8
TIME_LIMIT = 50.0  # seconds one job may take; who takes longer hangs, and its worker is ended


class Postponed(Exception):
    """The handler found that it must run later; does not count as a failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"later, in {seconds:.0f} s")
        self.seconds = seconds


class GivenUp(Exception):
    """Trying again cannot help."""


@dataclass(frozen=True)
class Kind:
    """What a kind of job does, in which class of work, and how long it may take."""

    function: Handler
    work: str
    is_inside: bool
    seconds: float


_kinds: dict[str, Kind] = {}


def handler(kind: str, *, work: str = OTHER, seconds: float = TIME_LIMIT) -> Callable[[Handler], Handler]:
    """Register what a kind of job does inside the transaction that marks it done."""

    def register(function: Handler) -> Handler:
        _kinds[kind] = Kind(function, work, True, seconds)
        return function

    return register


def outside_handler(kind: str, *, work: str = OTHER, seconds: float = TIME_LIMIT) -> Callable[[Handler], Handler]:
    """Register a kind whose effect leaves the house; it runs outside any transaction."""

    def register(function: Handler) -> Handler:
        _kinds[kind] = Kind(function, work, False, seconds)
        return function

    return register


def kinds(work: str | None = None) -> Iterable[str]:
    """All kinds, or those of one class of work."""
    return sorted(name for name, kind in _kinds.items() if work in (None, kind.work))


def found(kind: str) -> Kind | None:
    return _kinds.get(kind)


def work_of(kind: str) -> str:
    """The class a job of this kind belongs to."""
    return _kinds[kind].work if kind in _kinds else OTHER
