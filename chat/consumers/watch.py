"""The watch of each second: silent clients, lost hints, ended rights. It makes Redis optional and revocation sure."""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from chat.access import Heads, heads_visible
from chat.rules.pace import CREDIT_TIME, IDLE_TIME
from identity import actions as identity
from identity.queries import live_sessions
from supportdesk.realtime import metrics

if TYPE_CHECKING:
    from chat.consumers.connection import Connection
    from chat.consumers.desk import SocketDesk

log = logging.getLogger(__name__)
Pair = tuple[str, UUID, UUID]
PERIOD = 1.0
TOUCH_PERIOD = 60.0


async def watch_forever(desk: "SocketDesk") -> None:
    touched_at = desk.now()
    while True:
        slept_at = desk.now()
        await asyncio.sleep(PERIOD)
        metrics.note_lag(desk.now() - slept_at - PERIOD)
        try:
            close_the_silent(desk)
            await check_rights(desk, list(desk.connections.values()))
            if desk.now() - touched_at >= TOUCH_PERIOD:
                await touch_sessions(desk, since=touched_at)
                touched_at = desk.now()
        except Exception as error:  # Postgres may be away; the watch goes on and catches up
            log.warning("the watch failed: %s", type(error).__name__)


def close_the_silent(desk: "SocketDesk") -> None:
    now = desk.now()
    for connection in list(desk.connections.values()):
        if now - connection.heard_at > IDLE_TIME:
            connection.close(4408, "silent")
        elif not connection.has_room and now - connection.credit_at > CREDIT_TIME:
            connection.close(4408, "not_reading")


async def touch_sessions(desk: "SocketDesk", *, since: float) -> None:
    """Whoever talks through the socket only is not idle; a tab that was left open is, pings or not."""
    busy = [one for one in desk.connections.values() if one.identity and one.acted_at >= since]
    sessions = [one.identity.session_id for one in busy if one.identity]
    if sessions:
        await desk.in_database(touch, sessions)


def touch(sessions: list[UUID]) -> None:
    identity.touch_sessions(session_ids=sessions)


async def check_rights(desk: "SocketDesk", connections: Sequence["Connection"]) -> None:
    """Heads of everything followed and the sessions behind it, then each socket draws its conclusions."""
    greeted = [connection for connection in connections if connection.identity and not connection.is_closing]
    if not greeted:
        return
    followed = [(connection, list(connection.subscriptions.values())) for connection in greeted]
    pairs = {(c.kind, c.actor, subscription.conversation) for c, own in followed for subscription in own}
    sessions = [connection.identity.session_id for connection in greeted if connection.identity]
    heads, live = await desk.in_database(look, list(pairs), sessions)
    for connection, subscriptions in followed:
        if connection.identity and connection.identity.session_id not in live:
            connection.close(4440, "session_ended")
            continue
        for subscription in subscriptions:
            if not subscription.is_live:
                continue
            found = heads.get((connection.actor, subscription.conversation))
            if found is None:
                connection.drop(subscription.conversation)
            else:
                subscription.may_write = found.may_write
                subscription.learn(found.of(connection.audience))


def look(pairs: list[Pair], sessions: list[UUID]) -> tuple[dict[tuple[UUID, UUID], Heads], set[UUID]]:
    return heads_visible(pairs), live_sessions(sessions)
