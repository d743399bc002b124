"""Daphne's server, for websockets that take and give by themselves."""

import asyncio
from typing import Any

from daphne.server import Server


class LeanServer(Server):
    """Gives the application of a websocket its ends of the protocol; HTTP is as ever."""

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        scope.setdefault("asgi", {"version": "3.0"})
        running = self.application(scope, protocol.inbox.get, protocol.send)
        task = asyncio.ensure_future(running, loop=asyncio.get_event_loop())
        task.add_done_callback(protocol.application_ended)
        self.connections[protocol]["application_instance"] = task
        return protocol.inbox
