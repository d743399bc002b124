"""One hub per process: groups in a dictionary, one Redis subscription, published in batches.

Local members are reached directly, so a process goes on by itself when Redis is dead; other processes then learn of
new entries from their poll of Postgres. A hub announces itself; while nobody else has, nothing is published.
"""

import asyncio
import logging
import random
import uuid
from collections import deque
from typing import Any

import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from supportdesk.realtime import metrics
from supportdesk.realtime.events import Event, Kind, Member, is_from, pack, unpack
from supportdesk.realtime.failpoints import failpoint

log = logging.getLogger(__name__)
CHANNEL = "supportdesk.hub"
TIMEOUT = 0.5  # seconds any call to Redis may take
ANNOUNCE_PERIOD = 5.0  # seconds
PEER_TIME = 16.0  # seconds without a word until a peer counts as gone
WAITING_LIMIT = 10_000  # events kept for a Redis that is slow; older ones are dropped, readers then poll


class Hub:
    """Groups of this process, and its connection with the other processes."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.get_running_loop()
        self.origin = uuid.uuid4().hex
        self._url = url
        self._groups: dict[str, dict[Member, None]] = {}
        self._waiting: deque[Event] = deque(maxlen=WAITING_LIMIT)
        self._wake = asyncio.Event()
        self._peers: dict[str, float] = {}
        work = (self._publish_forever(), self._listen_forever(), self._announce_forever())
        self._tasks = [self.loop.create_task(each) for each in work]

    def join(self, group: str, member: Member) -> None:
        self._groups.setdefault(group, {})[member] = None

    def leave(self, group: str, member: Member) -> None:
        members = self._groups.get(group)
        if members is not None:
            members.pop(member, None)
            if not members:
                del self._groups[group]

    def members(self, group: str) -> list[Member]:
        """Who of this process is in the group, the longest there first."""
        return list(self._groups.get(group, ()))

    @property
    def has_peers(self) -> bool:
        """Whether other processes serve sockets too."""
        return bool(self._peers)

    def publish(self, events: list[Event]) -> None:
        """Deliver to this process's members now, to the others with the next batch."""
        for event in events:
            self.deliver(event)
        if self._peers:
            self._waiting.extend(events)
            self._wake.set()

    def publish_from_thread(self, events: list[Event]) -> bool:
        """The same from another thread; False when the loop has ended."""
        try:
            self.loop.call_soon_threadsafe(self.publish, events)
        except RuntimeError:
            return False
        return True

    def deliver(self, event: Event) -> None:
        members = self._groups.get(event.group)
        if not members:
            return
        for member in tuple(members):
            try:
                member.deliver(event)
            except Exception:  # one broken member must not silence the rest of its group
                log.exception("an event was not delivered to a member of %s", event.group)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _publish_forever(self) -> None:
        client = self._client()
        while True:
            await self._wake.wait()
            self._wake.clear()
            events = list(self._waiting)
            self._waiting.clear()
            failpoint("hub.before_publish")
            try:
                await asyncio.wait_for(client.publish(CHANNEL, pack(self.origin, events)), TIMEOUT)
                failpoint("hub.after_publish")
            except (RedisError, OSError, TimeoutError) as error:
                metrics.lost_hints.inc(by=len(events))
                log.warning("%d hints were not published: %s", len(events), type(error).__name__)
                await asyncio.sleep(TIMEOUT)

    async def _announce_forever(self) -> None:
        """An empty batch now and then; a peer that hears of us for the first time answers with its own."""
        while True:
            self._wake.set()
            await asyncio.sleep(ANNOUNCE_PERIOD)
            oldest = self.loop.time() - PEER_TIME
            self._peers = {origin: heard_at for origin, heard_at in self._peers.items() if heard_at > oldest}

    async def _listen_forever(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("the hub lost Redis: %s", type(error).__name__)
            await asyncio.sleep(random.uniform(0.1, 0.6))

    async def _listen(self) -> None:
        client = self._client()
        try:
            async with client.pubsub(ignore_subscribe_messages=True) as subscription:
                await asyncio.wait_for(subscription.subscribe(CHANNEL), TIMEOUT)
                self._wake.set()
                while True:
                    message = await subscription.get_message(timeout=5)
                    if message is not None:
                        self._take(message["data"])
        finally:
            await client.aclose()

    def _take(self, packed: bytes) -> None:
        if is_from(self.origin, packed):
            return
        try:
            origin, events = unpack(packed)
        except Exception as error:  # whatever another program says on our channel, we go on listening
            log.warning("a hint could not be read: %s", type(error).__name__)
            return
        if origin:
            if origin not in self._peers:
                self._wake.set()
            self._peers[origin] = self.loop.time()
        for event in events:
            self.deliver(event)

    def _client(self) -> Any:
        return redis.asyncio.Redis.from_url(self._url, socket_connect_timeout=TIMEOUT)


_hub: Hub | None = None


def current_hub() -> Hub:
    """The hub of the running loop, started when first asked for."""
    global _hub
    if _hub is None or _hub.loop is not asyncio.get_running_loop():
        _hub = Hub(settings.REDIS_URL)
    return _hub


def running_hub() -> Hub | None:
    """The hub, from any thread; None in a process that serves no sockets."""
    return _hub if _hub is not None and _hub.loop.is_running() else None


from supportdesk.realtime.layer import HubChannelLayer  # noqa: E402  settings name the layer by this module

__all__ = ["CHANNEL", "TIMEOUT", "Hub", "HubChannelLayer", "Kind", "current_hub", "running_hub"]
