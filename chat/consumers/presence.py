"""Who of the staff is connected to this process, told to the apps above through signals."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chat import signals

if TYPE_CHECKING:
    from chat.consumers.connection import Connection
    from chat.consumers.desk import SocketDesk

log = logging.getLogger(__name__)
PERIOD = 10.0


class Presence:
    """Counts sockets per staff member; a process that dies is noticed by the lease, which is not renewed."""

    def __init__(self, desk: "SocketDesk") -> None:
        self._desk = desk
        self._sockets: Counter[UUID] = Counter()
        self._renewal = desk.loop.create_task(self._renew_forever())

    def came(self, connection: "Connection") -> None:
        if connection.kind == "staff":
            self._sockets[connection.actor] += 1
            self._tell(say_present, [connection.actor])

    def went(self, connection: "Connection") -> None:
        user = connection.actor
        if connection.kind != "staff" or not self._sockets[user]:
            return
        self._sockets[user] -= 1
        if not self._sockets[user]:
            del self._sockets[user]
            self._tell(say_left, user)

    async def _renew_forever(self) -> None:
        while True:
            await asyncio.sleep(PERIOD)
            if self._sockets:
                self._tell(say_present, list(self._sockets))

    def _tell(self, work: Callable[..., None], *arguments: Any) -> None:
        self._desk.in_database(work, *arguments).add_done_callback(_note_failure)


def say_present(users: list[UUID]) -> None:
    signals.staff_present.send(sender=None, user_ids=users)


def say_left(user: UUID) -> None:
    signals.staff_left.send(sender=None, user_id=user)


def _note_failure(done: "asyncio.Future[None]") -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("presence was not told: %s", type(error).__name__)
