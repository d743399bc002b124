"""One socket, from accept to the end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import DatabaseError

from chat.access import count_bad_handshake, wait_for_handshake
from chat.consumers.connection import Connection
from chat.consumers.desk import current_desk
from chat.consumers.greeting import greet
from chat.rules.frames import SUBPROTOCOL, BadFrame, is_oversized, read_frame
from chat.rules.pace import HELLO_TIME, MALFORMED_LIMIT, tenths_above
from identity.authentication import address_seen
from supportdesk.realtime import traces

log = logging.getLogger(__name__)
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def socket(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Speak the protocol with one client until either side leaves."""
    if (await receive())["type"] != "websocket.connect":
        return
    speaks = SUBPROTOCOL in scope.get("subprotocols", [])
    await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL if speaks else None})
    connection = Connection(current_desk(), send)
    traces.connection.set(str(connection.id))
    address = _address_of(scope)
    wait = wait_for_handshake(address)
    if not speaks:
        connection.close(4426, "protocol")
    elif wait:
        connection.close(4429, "too_fast", retry_after=tenths_above(wait))
    try:
        if await _greeted(connection, receive, address):
            await _listen(connection, receive)
        await connection.finished()
    except asyncio.CancelledError:
        if not connection.is_closing:  # the server stops it; otherwise the client let the close go by
            raise
    finally:
        connection.leave()


async def _greeted(connection: Connection, receive: Receive, address: str | None) -> bool:
    """Wait for a good ``hello``; False when the socket is to be closed instead."""
    was_refused = connection.is_closing
    try:
        await _hear_hello(connection, receive)
    except BadFrame as error:
        if not was_refused:
            count_bad_handshake(address)
        connection.close(4401, error.code)
    except DatabaseError as error:  # Postgres is away: nobody can be known just now
        log.warning("a hello could not be answered: %s", type(error).__name__)
        connection.close(4503, "overload", retry_after=2)
    return not connection.is_closing


async def _hear_hello(connection: Connection, receive: Receive) -> None:
    """The first frame must be a good ``hello`` and come in time; raises ``BadFrame``."""
    try:
        event = await asyncio.wait_for(receive(), HELLO_TIME)
    except TimeoutError:
        raise BadFrame("hello") from None
    text = _text_of(connection, event)
    if text is None or connection.is_closing:
        raise BadFrame("hello")
    frame = read_frame(text)
    if frame["type"] != "hello":
        raise BadFrame("hello")
    await greet(connection, frame)


def _address_of(scope: dict[str, Any]) -> str | None:
    """Where the connection came from, by the same rule as a request's."""
    forwarded = b",".join(value for name, value in scope.get("headers", ()) if name.lower() == b"x-forwarded-for")
    peer = scope.get("client") or ("",)
    return address_seen(str(peer[0] or ""), forwarded.decode("latin-1"))


async def _listen(connection: Connection, receive: Receive) -> None:
    """Take frames until the client leaves or is sent away; a bad one never ends the loop by itself."""
    malformed = 0
    while True:
        text = _text_of(connection, await receive())
        if text is None:
            return
        if connection.is_closing or not connection.hear():
            continue
        try:
            connection.take(read_frame(text))
            malformed = 0
        except BadFrame as error:
            malformed += 1
            connection.report(error.code)
            if malformed >= MALFORMED_LIMIT:
                connection.close(4400, "malformed")
        except Exception:
            log.exception("a frame failed on connection %s", connection.id)
            connection.report("server_error")


def _text_of(connection: Connection, event: dict[str, Any]) -> str | None:
    """The frame's text; None when the client has gone. What may not come closes the socket."""
    if event["type"] == "websocket.disconnect":
        connection.gone()
        return None
    text: str | None = event.get("text")
    if text is None:
        connection.close(1003, "binary")
    elif is_oversized(text, greeted=connection.is_greeted):
        connection.close(1009, "too_large")
    return text or ""
