"""What all sockets of a process share: the writer, the database threads, the hub, and the watch of each second."""

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.utils import timezone

from chat import actions as chat
from chat.consumers import greeting, orders, reading, watch
from chat.consumers.connection import Connection
from chat.consumers.presence import Presence
from chat.consumers.subscription import Subscription
from chat.events import SOCKETS, actor_group
from chat.rules.entries import Post, Posted, Refusal
from chat.rules.pace import SOCKETS as SOCKETS_OF
from identity.actions.sockets import SocketIdentity
from identity.errors import DeskError
from supportdesk.realtime import (
    DatabaseThread,
    Errands,
    Event,
    GroupCommit,
    Kind,
    Together,
    current_hub,
    failpoint,
    metrics,
)
from supportdesk.realtime.draining import say_goodbye_first

log = logging.getLogger(__name__)
R = TypeVar("R")
RETURNS = 500  # sockets a second that the other processes are asked to take over from one that stops
WRITERS = 2  # while Postgres stores a batch of one, this process prepares a batch of the other
WRITERS_BESIDE_OTHERS = 1  # transactions of two processes wait for each other's rows: fewer and larger ones cost less
SWITCH_INTERVAL = 0.0005  # seconds the event loop may keep the writer's thread waiting; Python's own 5 ms add up


class SocketDesk:
    """The sockets of one process."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.now: Callable[[], float] = time.monotonic
        self.moment = timezone.now
        self._ahead = time.time() - self.now()
        self.hub = current_hub()
        self.hub.join(SOCKETS, self)
        self.errands = Errands()
        self.writers: list[GroupCommit[Post, Posted | Refusal]] = [
            GroupCommit(
                chat.post_messages,
                failed=refusal_after,
                behind=lambda: Refusal("order"),
                tell=self.hub.publish,
                prepare=self.errands.serve_this_thread,
            )
            for _ in range(WRITERS)
        ]
        self._writing = WRITERS
        self.connections: dict[UUID, Connection] = {}
        self.seen: dict[tuple[UUID, UUID], chat.Seen] = {}
        self.presence = Presence(self)
        self._database = DatabaseThread("sockets", threads=2, prepare=self.errands.serve_this_thread)
        self._pages = Together(self._database, reading.read_logs)
        self._tickets = Together(self._database, greeting.redeem)
        self._watch = self.loop.create_task(watch.watch_forever(self))
        say_goodbye_first(self.say_goodbye)
        sys.setswitchinterval(SWITCH_INTERVAL)
        gc.freeze()  # the program itself: looking through it for garbage would hold everybody up again and again

    def writer_of(self, conversation: UUID) -> GroupCommit[Post, Posted | Refusal]:
        """The writer of all posts to this conversation: one, so that they keep their order.

        How many there are changes only while nothing is being written.
        """
        wanted = WRITERS_BESIDE_OTHERS if self.hub.has_peers else WRITERS
        if wanted != self._writing and self._is_written:
            self._writing = wanted
        return self.writers[conversation.int % self._writing]

    def in_database(self, work: Callable[..., R], *arguments: Any) -> "asyncio.Future[R]":
        return self._database.start(work, *arguments)

    def read_log(self, subscription: Subscription) -> "asyncio.Future[reading.Page]":
        connection = subscription.connection
        who = (connection.kind, connection.actor, subscription.conversation)
        return self._pages.ask(reading.Question(who, connection.audience, subscription.position))

    def redeem(self, ticket: str) -> "asyncio.Future[tuple[SocketIdentity | None, float]]":
        return self._tickets.ask(ticket)

    def learn_time(self, now: float) -> None:
        """Postgres's clock stands at ``now``; this process's own may be wrong, or jump."""
        self._ahead = now - self.now()

    def time(self) -> float:
        """Seconds of the epoch, by Postgres."""
        return self.now() + self._ahead

    def opened(self, connection: Connection) -> None:
        self.connections[connection.id] = connection

    def greeted(self, connection: Connection) -> None:
        """One more socket of a person: the oldest gives way when there are too many."""
        own = self.hub.members(actor_group(connection.actor))
        open_ones = [other for other in own if isinstance(other, Connection) and not other.is_closing]
        for other in open_ones[: -SOCKETS_OF[connection.kind]]:
            other.close(4409, "replaced")
        self.presence.came(connection)
        metrics.sockets.inc(connection.kind)

    def closed(self, connection: Connection) -> None:
        if self.connections.pop(connection.id, None) is None or connection.identity is None:
            return
        metrics.sockets.dec(connection.kind)
        self.hub.leave(actor_group(connection.actor), connection)
        self.hub.leave("supervisors", connection)
        self.presence.went(connection)

    def see(self, connection: Connection, conversation: UUID, seq: int) -> None:
        """Keep the highest; the watch stores them together."""
        known = self.seen.get((conversation, connection.actor))
        if known is None or known.seq < seq:
            mark = chat.Seen(conversation, connection.kind, connection.actor, seq)
            if not self.seen:
                self.loop.call_later(0.1, self._store_seen)
            self.seen[(conversation, connection.actor)] = mark

    def show_typing(self, connection: Connection, conversation: UUID) -> None:
        self.hub.publish(orders.typing_events(connection, conversation))

    def check_again(self, connection: Connection, conversation: UUID) -> None:
        """A right of this connection may have ended; look now rather than at the next second."""
        self.loop.create_task(watch.check_rights(self, [connection]))

    def deliver(self, event: Event) -> None:
        """An order for the sockets of every process."""
        if event.kind == Kind.CONTROL and event.payload["do"] == "close":
            sessions = {UUID(session) for session in event.payload["sessions"]}
            for connection in list(self.connections.values()):
                if connection.identity is not None and connection.identity.session_id in sessions:
                    connection.close(event.payload["code"], "session_ended")

    async def say_goodbye(self) -> None:
        """Finish what is being stored, tell everybody, and wait until they have gone."""
        deadline = self.now() + 5
        while not (self._is_written and self.errands.is_idle) and self.now() < deadline:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)  # the last answers and frames leave first
        leaving = list(self.connections.values())
        for connection in leaving:
            connection.close(1012, "restart", retry_after=time_to_spread(len(leaving)))
        while self.connections and self.now() < deadline + 3:
            await asyncio.sleep(0.02)

    @property
    def _is_written(self) -> bool:
        return all(writer.is_idle for writer in self.writers)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is connected and nothing is under way."""
        is_idle = self._is_written and self._database.is_idle and self.errands.is_idle
        return is_idle and not self.connections and not self.seen

    def close_connections(self) -> None:
        """Give the database connections back, once the loop has ended."""
        self._database.close_connections()
        for writer in self.writers:
            writer.close_connections()
        self.errands.close_connections()

    def _store_seen(self) -> None:
        marks, self.seen = list(self.seen.values()), {}
        failpoint("seen.before_store")
        future = self.in_database(chat.mark_seen_many, marks)
        future.add_done_callback(_note_failure)


def time_to_spread(sockets: int) -> float:
    """Seconds within which so many clients come back, each at a moment of its own."""
    return min(10.0, max(0.3, sockets / RETURNS))


def refusal_after(error: Exception) -> Refusal:
    """What the sender hears when the app above refused, or when Postgres failed: the disk is full, or try again."""
    if isinstance(error, DeskError):
        return Refusal(error.code, words=error.message)
    is_full = type(error.__cause__).__name__ == "DiskFull"
    return Refusal("storage" if is_full else "database")


def _note_failure(done: "asyncio.Future[Any]") -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        log.warning("seen marks were not stored: %s", type(error).__name__)


_desk: SocketDesk | None = None


def current_desk() -> SocketDesk:
    """The desk of the running loop, opened with its first socket."""
    global _desk
    if _desk is None or _desk.loop is not asyncio.get_running_loop():
        _desk = SocketDesk()
    return _desk
