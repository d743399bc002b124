"""Who of the staff is connected to this process, told to the apps above through signals."""

import asyncio
import logging
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
    """Knows the sockets of each member of staff; a process that dies is noticed by the lease, which is not renewed."""

    def __init__(self, desk: "SocketDesk") -> None:
        self._desk = desk
        self._sockets: dict[UUID, set[UUID]] = {}
        self._renewal = desk.loop.create_task(self._renew_forever())

    def came(self, connection: "Connection") -> None:
        if connection.kind == "staff":
            self._sockets.setdefault(connection.actor, set()).add(connection.id)
            self._tell(say_present, [connection.actor])

    def went(self, connection: "Connection") -> None:
        """Only a connection that came can go; the last one to go ends the presence here."""
        user = connection.actor
        sockets = self._sockets.get(user, set())
        if connection.id not in sockets:
            return
        sockets.remove(connection.id)
        if not sockets:
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
