"""Cures for Daphne, which asks its WebSocket library for less than the protocol has; nothing under another server."""

import sys
from collections.abc import Callable
from typing import Any

from supportdesk.realtime import lean
from supportdesk.realtime.draining import is_draining


def cure() -> None:
    """Once, before the first connection: whoever imports the application is imported by the server."""
    module: Any = sys.modules.get("daphne.ws_protocol")
    if module is None:
        return
    module.WebSocketProtocol.serverClose = _close
    lean.install()
    protocol = module.WebSocketProtocol
    if protocol.handle_reply.__name__ != "_answer":
        protocol.handle_reply = _sending_empty_ones_too(protocol.handle_reply)
        protocol.serverReject = _rejecting_while_draining(protocol.serverReject)


def stop_listening() -> None:
    """Take no new connection; those that are open go on."""
    if "daphne.server" not in sys.modules:
        return
    from twisted.internet import reactor, tcp

    loop: Any = reactor
    for reader in loop.getReaders():
        if isinstance(reader, tcp.Port):
            reader.stopListening()


def _close(protocol: Any, code: int | None = None) -> None:
    """With any code the protocol knows: the library refuses 1003, 1009 and 1012."""
    if protocol.state == protocol.STATE_OPEN:
        protocol.sendCloseFrame(code=1000 if code is None else code, isReply=False)


def _sending_empty_ones_too(usual: Callable[..., None]) -> Callable[..., None]:
    """Daphne takes an empty message for none."""

    def _answer(protocol: Any, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send" and not (message.get("text") or message.get("bytes")):
            protocol.sendMessage(b"", isBinary=message.get("text") is None)
        else:
            usual(protocol, message)

    return _answer


def _rejecting_while_draining(usual: Callable[..., None]) -> Callable[..., None]:
    """A handshake that comes while the process stops is answered with 503, so that a proxy asks another one."""

    def reject(protocol: Any) -> None:
        if not is_draining():
            return usual(protocol)
        from autobahn.twisted.websocket import ConnectionDeny

        protocol.handshake_deferred.errback(ConnectionDeny(code=503, reason="Service Unavailable"))
        del protocol.handshake_deferred
        protocol.server.protocol_disconnected(protocol)
        return None

    return reject
