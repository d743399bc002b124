"""A cure for Daphne: its WebSocket library refuses the standard close codes of a server (1003, 1009, 1012)."""

import sys
from typing import Any


def allow_standard_close_codes() -> None:
    """Let ``websocket.close`` carry any code the protocol knows; nothing happens under another server."""
    module: Any = sys.modules.get("daphne.ws_protocol")
    if module is not None:
        module.WebSocketProtocol.serverClose = _close


def _close(protocol: Any, code: int | None = None) -> None:
    if protocol.state == protocol.STATE_OPEN:
        protocol.sendCloseFrame(code=1000 if code is None else code, isReply=False)
