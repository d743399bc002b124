"""One conversation on one connection: a contiguous piece of its log, live.

The group is joined first, the log read then. An entry that is not the next one is never sent: it is kept for a moment,
as hints of two processes overtake each other, and then the log is read from where the client stands instead. What the
client has no credit for is not read at all.
"""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

from chat.events import group_of
from chat.rules.pace import RESET_BEHIND, WINDOW_ENTRIES
from supportdesk.realtime import failpoint, metrics

if TYPE_CHECKING:
    from chat.consumers.connection import Connection

log = logging.getLogger(__name__)
EARLY_TIME = 0.03  # seconds an entry waits for those before it; a hint of another process takes about one millisecond


class Subscription:
    """``position`` is the last sequence sent, ``known`` the highest one heard of."""

    __slots__ = (
        "_early",
        "_patience",
        "_unreceived",
        "connection",
        "conversation",
        "group",
        "is_reading",
        "is_synced",
        "known",
        "may_write",
        "position",
    )

    def __init__(self, connection: "Connection", conversation: UUID, after: int) -> None:
        self.connection = connection
        self.conversation = conversation
        self.group = group_of(conversation, connection.audience)
        self.position = after
        self.known = after
        self.is_reading = False
        self.is_synced = False
        self.may_write = False
        self._early: dict[int, str] = {}
        self._patience: asyncio.TimerHandle | None = None
        self._unreceived: deque[tuple[int, int]] = deque()

    @property
    def is_live(self) -> bool:
        return self.connection.subscriptions.get(self.conversation) is self

    def begin(self) -> None:
        self.connection.subscriptions[self.conversation] = self
        self.connection.by_group[self.group] = self
        self.connection.desk.hub.join(self.group, self.connection)
        failpoint("subscription.joined")
        if self.position:
            metrics.resumed.inc()
        self.go_on()

    def end(self) -> None:
        if not self.is_live:
            return
        del self.connection.subscriptions[self.conversation]
        del self.connection.by_group[self.group]
        self.connection.desk.hub.leave(self.group, self.connection)
        for _, size in self._unreceived:
            self.connection.unreceived_entries -= 1
            self.connection.unreceived_bytes -= size
        self._unreceived.clear()
        self._stop_waiting()

    def offer(self, seq: int, text: str) -> None:
        """A live entry: sent when it is the next, kept for a moment when it is early, otherwise a reason to read."""
        if not self.is_synced or not self.connection.has_room:
            self.learn(seq)
            return
        self.known = max(self.known, seq)
        if seq == self.position + 1 and not self.is_reading:
            self._send(seq, text)
            if self._early:
                self._send_early()
        elif seq > self.position:
            self._keep(seq, text)

    def _keep(self, seq: int, text: str) -> None:
        """Those before it are on their way, or are being read."""
        if len(self._early) < WINDOW_ENTRIES:
            self._early[seq] = text
        if self._patience is None:
            self._patience = self.connection.desk.loop.call_later(EARLY_TIME, self._give_up)

    def _give_up(self) -> None:
        """Those before it did not come: the log says what there is, and what was kept is not believed any more."""
        self._patience = None
        self._early.clear()
        if self.is_live and not self.is_reading and self.known > self.position:
            metrics.gaps.inc()
            self.go_on()

    def _send_early(self) -> None:
        """What was kept and is next now; what was sent meanwhile is forgotten."""
        while self.connection.has_room and (text := self._early.get(self.position + 1)) is not None:
            self._send(self.position + 1, text)
        self._early = {seq: text for seq, text in self._early.items() if seq > self.position}
        if self.position >= self.known:
            self._stop_waiting()

    def _stop_waiting(self) -> None:
        """Nothing is missing: whatever was kept beyond that was never written, and would pass for what is to come."""
        self._early.clear()
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def learn(self, head: int) -> None:
        """The log goes up to ``head`` now, by a hint or by the poll."""
        if head > self.known:
            self.known = head
        self.go_on()

    def go_on(self) -> None:
        """Read, if there is something to read and room for it."""
        is_behind = self.known > self.position or not self.is_synced
        if is_behind and not self.is_reading and self.connection.has_room:
            self.is_reading = True
            self.connection.desk.loop.create_task(self._read())

    def credit(self, seq: int) -> int:
        """Give back what was taken; returns how many entries that was."""
        before = len(self._unreceived)
        while self._unreceived and self._unreceived[0][0] <= seq:
            _, size = self._unreceived.popleft()
            self.connection.unreceived_entries -= 1
            self.connection.unreceived_bytes -= size
        return before - len(self._unreceived)

    async def _read(self) -> None:
        """Read until level with the log; a failure leaves the rest to the next poll."""
        try:
            while self.is_live and self.connection.has_room and not self.connection.is_closing:
                heard_of = self.known
                page = await self.connection.desk.read_log(self)
                failpoint("subscription.read")
                if not self.is_live or not self._accepts(page.head):
                    return
                self.may_write = page.may_write
                if not page.frames and self.known == heard_of:
                    self.known = self.position  # what was heard of is not there: never ask in circles
                for seq, text in page.frames:
                    if seq != self.position + 1 or not self.connection.has_room:
                        break
                    self._send(seq, text)
                self._send_early()
                if self.position >= self.known:
                    self._is_level()
                    return
        except Exception as error:
            log.warning("the log of %s was not read: %s", self.conversation, type(error).__name__)
        finally:
            self.is_reading = False

    def _accepts(self, head: int | None) -> bool:
        """Whether the client can be brought level from here; ``head`` None means that nothing is visible."""
        if head is None:
            self.end()
            self.connection.say({"type": "dropped", "conversation": str(self.conversation), "code": 4403})
            return False
        self.known = max(self.known, head)
        if head - self.position > RESET_BEHIND or self.position > head:
            self.end()
            metrics.resets.inc()
            self.connection.say({"type": "reset", "conversation": str(self.conversation), "seq": head})
            return False
        return True

    def _is_level(self) -> None:
        if not self.is_synced:
            self.is_synced = True
            self.connection.say({"type": "synced", "conversation": str(self.conversation), "seq": self.position})

    def _send(self, seq: int, text: str) -> None:
        size = len(text) if text.isascii() else 2 * len(text)
        self.position = seq
        self._unreceived.append((seq, size))
        self.connection.unreceived_entries += 1
        self.connection.unreceived_bytes += size
        if not self.connection.has_room:
            self.connection.credit_at = self.connection.desk.now()
        self.connection.push(text)
        if self.is_synced:
            metrics.note_delivery(text)


PAGE = WINDOW_ENTRIES
