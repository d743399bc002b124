"""Channels' layer interface over the hub, so that the framework's own parts and tests work on it."""

import asyncio
import uuid
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

from supportdesk.realtime.events import Event, Kind


class HubChannelLayer(BaseChannelLayer):
    """Groups and channels of Channels; capacity is per channel, and a full one refuses aloud."""

    extensions = ("groups", "flush")

    def __init__(self, url: str, expiry: int = 60, capacity: int = 100, **options: Any) -> None:
        super().__init__(expiry=expiry, capacity=capacity, **options)
        self.url = url
        self._inboxes: dict[str, _Inbox] = {}
        self._prefix = uuid.uuid4().hex

    async def new_channel(self, prefix: str = "specific") -> str:
        name = f"{prefix}.{self._prefix}!{uuid.uuid4().hex}"
        self._inbox(name)
        return name

    async def send(self, channel: str, message: dict[str, Any]) -> None:
        self.require_valid_channel_name(channel)
        inbox = self._inboxes.get(channel)
        if inbox is not None:
            inbox.put(message)
            return
        if "!" not in channel or f".{self._prefix}!" in channel:
            self._inbox(channel).put(message)
            return
        self._hub().publish([Event(Kind.CHANNEL_MESSAGE, _channel_group(channel), message)])

    async def receive(self, channel: str) -> dict[str, Any]:
        return await self._inbox(channel).queue.get()

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        self._hub().join(_layer_group(group), self._inbox(channel))

    async def group_discard(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        inbox = self._inboxes.get(channel)
        if inbox is not None:
            self._hub().leave(_layer_group(group), inbox)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.require_valid_group_name(group)
        self._hub().publish([Event(Kind.GROUP_MESSAGE, _layer_group(group), message)])

    async def flush(self) -> None:
        for inbox in self._inboxes.values():
            inbox.forget()
        self._inboxes.clear()

    def _inbox(self, channel: str) -> "_Inbox":
        if channel not in self._inboxes:
            self._inboxes[channel] = inbox = _Inbox(self.capacity)
            self._hub().join(_channel_group(channel), inbox)
        return self._inboxes[channel]

    def _hub(self) -> Any:
        from supportdesk.realtime.hub import current_hub

        return current_hub()


class _Inbox:
    """The messages of one channel of this process."""

    def __init__(self, capacity: int) -> None:
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(capacity)

    def put(self, message: dict[str, Any]) -> None:
        try:
            self.queue.put_nowait(dict(message))
        except asyncio.QueueFull:
            raise ChannelFull from None

    def deliver(self, event: Event) -> None:
        if not self.queue.full():  # Channels' group_send loses what a full channel cannot take
            self.queue.put_nowait(dict(event.payload))

    def forget(self) -> None:
        self.queue = asyncio.Queue(self.queue.maxsize)


def _layer_group(group: str) -> str:
    return f"layer.{group}"


def _channel_group(channel: str) -> str:
    return f"channel.{channel}"
