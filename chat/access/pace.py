"""How fast each person may post, over all their sockets and requests of this process.

Kept in memory: it holds when Redis is dead, and a second process at most doubles the pace.
"""

import time
from uuid import UUID

from django.conf import settings

from chat.rules.pace import BORROWER_PACES, STAFF_PACES, Bucket, full_bucket

FORGET_AT = 20_000  # persons

_buckets: dict[UUID, tuple[Bucket, ...]] = {}


def is_unlimited() -> bool:
    """Whether limits are off: the benchmark measures the desk, not its limits."""
    return bool(getattr(settings, "PACE_UNLIMITED", False))


def take_turn(actor: UUID, kind: str) -> float:
    """Take one turn; 0 when it is granted, otherwise the seconds to wait."""
    if is_unlimited():
        return 0.0
    now = time.monotonic()
    buckets = _buckets.get(actor)
    if buckets is None:
        if len(_buckets) >= FORGET_AT:
            _buckets.clear()
        paces = BORROWER_PACES if kind == "borrower" else STAFF_PACES
        buckets = _buckets[actor] = tuple(full_bucket(pace, now) for pace in paces)
    wait = max(bucket.missing(now) for bucket in buckets)
    if not wait:
        for bucket in buckets:
            bucket.take()
    return wait
