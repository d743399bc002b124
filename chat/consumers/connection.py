"""A client's connection: what it hears, what it is sent, and its place in the groups."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.utils import translation

from chat.access import is_unlimited
from chat.consumers import orders
from chat.consumers.posts import Posts
from chat.consumers.subscription import Subscription
from chat.consumers.words import message_of
from chat.rules.pace import FLOOD_FRAMES, SUBSCRIBE_PACES, WINDOW_BYTES, WINDOW_ENTRIES, Bucket, full_bucket
from identity import actions as identity
from identity.actions.sockets import SocketIdentity
from supportdesk.realtime import Event, Kind, metrics, run_eagerly

if TYPE_CHECKING:
    from chat.consumers.desk import SocketDesk

log = logging.getLogger(__name__)
traffic = logging.getLogger("supportdesk.traffic")
Send = Callable[[dict[str, Any]], Awaitable[None]]
LEAVING_TIME = 10  # seconds a client has to answer a close
WAITING_LIMIT = 1_000  # frames a client may leave unread before it is given up


class Connection:
    """One websocket. Everything here runs on the event loop; what needs Postgres is handed to the desk's threads."""

    def __init__(self, desk: "SocketDesk", send: Send) -> None:
        self.id = uuid.uuid4()
        self.desk = desk
        self.identity: SocketIdentity | None = None
        self.kind = ""
        self.audience = ""
        self.name = ""
        self.actor_text = ""
        self.language = "ru"
        self.is_closing = False
        self.is_gone = False
        self.heard_at = desk.now()
        self.acted_at = 0.0  # when the person last did something here, as opposed to their browser
        self.subscriptions: dict[UUID, Subscription] = {}
        self.by_group: dict[str, Subscription] = {}
        self.posts = Posts(self)
        self._subscribing: Bucket | None = None
        self.typed_at: dict[UUID, float] = {}
        self.viewed_at: dict[UUID, float] = {}
        self.unreceived_entries = 0
        self.unreceived_bytes = 0
        self.credit_at = desk.now()
        self._send = send
        self._waiting: deque[dict[str, Any]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._is_writing = False
        self._task = asyncio.current_task()
        self._last_moment: asyncio.TimerHandle | None = None
        self._may_flood = is_unlimited()
        self._second = 0
        self._frames = 0
        self._floods = 0
        desk.opened(self)

    @property
    def is_greeted(self) -> bool:
        return self.identity is not None

    @property
    def actor(self) -> UUID:
        assert self.identity is not None
        return self.identity.actor.pk

    @property
    def has_room(self) -> bool:
        """Whether the client has credit for another entry."""
        return self.unreceived_entries < WINDOW_ENTRIES and self.unreceived_bytes < WINDOW_BYTES

    def return_ticket(self) -> str:
        """What the client may come back with, once."""
        assert self.identity is not None
        return identity.return_ticket(kind=self.kind, session_id=self.identity.session_id, now=self.desk.time())

    # What comes in

    def hear(self) -> bool:
        """Note that a frame came; False when there are too many of them."""
        metrics.frames.inc("in")
        now = self.heard_at = self.desk.now()
        second = int(now)
        if second != self._second:
            self._floods = self._floods + 1 if self._frames > FLOOD_FRAMES and second == self._second + 1 else 0
            self._second, self._frames = second, 0
        self._frames += 1
        if self._may_flood:
            return True
        if self._frames > FLOOD_FRAMES * 10 or (self._floods >= 2 and self._frames > FLOOD_FRAMES):
            self.close(4429, "flood", retry_after=30)
            return False
        return True

    def take(self, frame: dict[str, Any]) -> None:
        """Obey one frame of the client."""
        orders.obey(self, frame)

    def deliver(self, event: Event) -> None:
        """Something happened in a group this connection belongs to."""
        if event.kind == Kind.CONTROL:
            self._obey(event.payload)
        elif event.seq is not None:
            subscription = self.by_group.get(event.group)
            if subscription is not None:
                subscription.offer(event.seq, event.payload)
        elif event.skip != self.actor_text:
            self.push(event.payload)

    # What goes out

    def say(self, frame: dict[str, Any]) -> None:
        self.push(orjson.dumps(frame).decode())

    def push(self, text: str) -> None:
        """Send a frame that is already encoded, after what waits."""
        if not self.is_closing:
            self._put({"type": "websocket.send", "text": text})

    def report(self, code: str) -> None:
        with translation.override(self.language):
            self.say({"type": "error", "code": code, "message": str(message_of(code))})

    def close(self, code: int, reason: str, retry_after: float | None = None) -> None:
        """Say why, then close; what the client still sends is not obeyed."""
        if self.is_closing:
            return
        if code < 4400 and code != 1012:
            self.report(reason)
        bye: dict[str, Any] = {"type": "bye", "code": reason}
        if retry_after is not None:
            bye["retry_after"] = retry_after
        self.say(bye)
        metrics.closed.inc(str(code))
        traffic.info("socket closed", extra={"facts": {"connection": str(self.id), "code": code, "reason": reason}})
        self.is_closing = True
        self._put({"type": "websocket.close", "code": code})
        self._last_moment = self.desk.loop.call_later(LEAVING_TIME, self._cut_off)

    def gone(self) -> None:
        if not self.is_closing:
            metrics.closed.inc("client")
        self.is_gone = self.is_closing = True
        self._waiting.clear()

    def leave(self) -> None:
        """Out of all groups; idempotent."""
        self.gone()
        for subscription in list(self.subscriptions.values()):
            subscription.end()
        if self._last_moment is not None:
            self._last_moment.cancel()
        self.desk.closed(self)

    async def finished(self) -> None:
        """Wait until what was said has left, within reason."""
        if self._writing is not None:
            await asyncio.wait([self._writing], timeout=5)

    # Subscriptions

    def may_subscribe(self) -> bool:
        """Take a turn: each subscription reads the log."""
        now = self.desk.now()
        if self._subscribing is None:
            self._subscribing = full_bucket(SUBSCRIBE_PACES[self.kind], now)
        if self._subscribing.missing(now) and not self._may_flood:
            return False
        self._subscribing.take()
        return True

    def subscribe(self, conversation: UUID, after: int) -> None:
        """Replace or add a subscription; the right to it was checked, or is with its first reading."""
        known = self.subscriptions.get(conversation)
        if known is not None:
            known.end()
        Subscription(self, conversation, after).begin()

    def unsubscribe(self, conversation: UUID) -> None:
        subscription = self.subscriptions.get(conversation)
        if subscription is not None:
            subscription.end()

    def drop(self, conversation: UUID) -> None:
        """The right to it is gone."""
        if conversation in self.subscriptions:
            self.unsubscribe(conversation)
            self.say({"type": "dropped", "conversation": str(conversation), "code": 4403})

    def credit(self, conversation: UUID, seq: int) -> None:
        """The client took everything up to ``seq``; reading goes on where it had stopped."""
        subscription = self.subscriptions.get(conversation)
        if subscription is None:
            return
        had_room = self.has_room
        if subscription.credit(seq):
            self._frames = max(0, self._frames - 1)  # there are never more of these than entries we sent: no flood
        self.credit_at = self.desk.now()
        if not had_room and self.has_room:
            for waiting in list(self.subscriptions.values()):
                waiting.go_on()

    def _cut_off(self) -> None:
        """The client does not answer the close: end the application, and the server ends the connection."""
        self.gone()
        if self._task is not None:
            self._task.cancel()

    def _obey(self, order: dict[str, Any]) -> None:
        if order["do"] == "drop":
            self.desk.check_again(self, UUID(order["conversation"]))

    def _put(self, message: dict[str, Any]) -> None:
        if self.is_gone:
            return
        metrics.frames.inc("out")
        self._waiting.append(message)
        if len(self._waiting) > WAITING_LIMIT and not self.is_closing:
            self._waiting.clear()
            self.close(4408, "not_reading")
        if not self._is_writing:
            self._is_writing = True
            self._writing = run_eagerly(self._write(), self.desk.loop)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._send(self._waiting.popleft())
        except Exception as error:  # the client left in the middle; its receive side says so too
            log.info("connection %s could not be written to: %s", self.id, type(error).__name__)
            self.gone()
        finally:
            self._is_writing = False
