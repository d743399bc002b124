"""Heavy reading from a copy of the database that follows the primary; from the primary while there is none.

Only what may be some seconds old is read here: reports. A page that must show its own write never is.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections, transaction

log = logging.getLogger(__name__)
R = TypeVar("R")
REPLICA = "replica"
REST = 10.0  # seconds a replica that was away or late is left alone
STATE = """
select pg_is_in_recovery(), pg_last_xact_replay_timestamp(),
       extract(epoch from now() - pg_last_xact_replay_timestamp())
"""

_is_reading: ContextVar[bool] = ContextVar("reading from the replica", default=False)
_asked_again_at = 0.0


class Router:
    """Sends what is read inside ``read`` to the replica, everything else to the primary."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return REPLICA if _is_reading.get() else None

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != REPLICA


def read(work: Callable[..., R], **arguments: Any) -> tuple[R, datetime | None]:
    """The result of ``work``, which only reads; and how old it is when a replica gave it, else None.

    The primary does it when there is no replica, or it is away, or too late, or ends the query for its own sake.
    """
    global _asked_again_at
    if REPLICA in connections.settings and time.monotonic() >= _asked_again_at:
        try:
            as_of = _newest()
            if as_of is not None:
                return _read(work, arguments), as_of
            log.warning("the replica is late: reports are read from the primary")
        except (OperationalError, InterfaceError) as error:
            connections[REPLICA].close()
            log.warning("the replica does not serve: %s", type(error).__name__)
        _asked_again_at = time.monotonic() + REST
    return work(**arguments), None


def _newest() -> datetime | None:
    """When the last change that the replica has was made; None when that is too long ago."""
    with connections[REPLICA].cursor() as cursor:
        cursor.execute(STATE)
        follows, as_of, lag = cursor.fetchone()
    is_late = follows and (lag is None or lag > settings.REPLICA_LAG)
    return None if is_late else as_of


def _read(work: Callable[..., R], arguments: dict[str, Any]) -> R:
    token = _is_reading.set(True)
    try:
        with transaction.atomic(using=REPLICA):
            return work(**arguments)
    finally:
        _is_reading.reset(token)
