"""How fast each person may post and connect, over all their sockets and requests of this process.

Kept in memory: it holds when Redis is dead, and a second process at most doubles the pace.
"""

import time
from collections.abc import Hashable
from uuid import UUID

from django.conf import settings

from chat.rules.pace import (
    BAD_HANDSHAKES,
    BORROWER_PACES,
    HANDSHAKES,
    STAFF_PACES,
    Bucket,
    Pace,
    full_bucket,
    network_of,
)

FORGET_AT = 20_000  # persons, or networks

_posts: dict[Hashable, tuple[Bucket, ...]] = {}
_handshakes: dict[Hashable, tuple[Bucket, ...]] = {}
_bad_handshakes: dict[Hashable, tuple[Bucket, ...]] = {}


def is_unlimited() -> bool:
    """Whether limits are off: the benchmark measures the desk, not its limits."""
    return bool(getattr(settings, "PACE_UNLIMITED", False))


def take_turn(actor: UUID, kind: str) -> float:
    """Take one turn to post; 0 when it is granted, otherwise the seconds to wait."""
    return _take(_posts, actor, BORROWER_PACES if kind == "borrower" else STAFF_PACES)


def give_turn_back(actor: UUID) -> None:
    """The desk could not do what the turn was taken for: trying again must not cost the person another one."""
    for bucket in _posts.get(actor, ()):
        bucket.give_back()


def take_handshake(actor: UUID) -> float:
    """Take one turn to connect; 0 when it is granted, otherwise the seconds to wait."""
    return _take(_handshakes, actor, (HANDSHAKES,))


def wait_for_handshake(address: str | None) -> float:
    """Seconds until this network may knock again; 0 unless it has knocked in vain too often."""
    known = _bad_handshakes.get(network_of(address))
    return 0.0 if known is None or is_unlimited() else known[0].missing(time.monotonic())


def count_bad_handshake(address: str | None) -> None:
    """A connection from here brought no good hello."""
    _take(_bad_handshakes, network_of(address), (BAD_HANDSHAKES,))


def forget_handshakes() -> None:
    """As if nobody had connected yet."""
    _handshakes.clear()
    _bad_handshakes.clear()


def _take(known: dict[Hashable, tuple[Bucket, ...]], whose: Hashable, paces: tuple[Pace, ...]) -> float:
    if is_unlimited():
        return 0.0
    now = time.monotonic()
    buckets = known.get(whose)
    if buckets is None:
        if len(known) >= FORGET_AT:
            known.clear()
        buckets = known[whose] = tuple(full_bucket(pace, now) for pace in paces)
    wait = max(bucket.missing(now) for bucket in buckets)
    if not wait:
        for bucket in buckets:
            bucket.take()
    return wait
