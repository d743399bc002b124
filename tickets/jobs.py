"""Which work the outbox can do: kinds of jobs and the functions that do them.

``handler`` is for effects that are rows: effect and "done" commit together, so it happens exactly once.
``outside_handler`` is for effects beyond Postgres (a letter sent): the attempt is committed first, the effect may be
repeated after a crash, so it must carry a fixed identity of its own (a letter's Message-ID).
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tickets.models import Job

Handler = Callable[["Job"], None]

MAX_ATTEMPTS = 8
_inside: dict[str, Handler] = {}
_outside: dict[str, Handler] = {}
_waiting: set[str] = set()


class Postponed(Exception):
    """The handler found that it must run later; does not count as a failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"later, in {seconds:.0f} s")
        self.seconds = seconds


class GivenUp(Exception):
    """Trying again cannot help."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register what a kind of job does inside the transaction that marks it done."""

    def register(function: Handler) -> Handler:
        _inside[kind] = function
        return function

    return register


def outside_handler(kind: str, *, waits_for_others: bool = False) -> Callable[[Handler], Handler]:
    """Register a kind whose effect leaves the house; it runs outside any transaction.

    One that ``waits_for_others``, for a server that is not ours, is done by a worker of its own.
    """

    def register(function: Handler) -> Handler:
        _outside[kind] = function
        _waiting.add(kind) if waits_for_others else _waiting.discard(kind)
        return function

    return register


def kinds() -> Iterable[str]:
    return sorted({*_inside, *_outside})


def inside(kind: str) -> Handler | None:
    return _inside.get(kind)


def outside(kind: str) -> Handler | None:
    return _outside.get(kind)


def waits_for_others(kind: str) -> bool:
    return kind in _waiting
