"""``hello``: whom the ticket stands for, and what they want to follow."""

import logging
from typing import TYPE_CHECKING, Any

from chat.access import take_handshake
from chat.events import actor_group
from chat.rules.frames import VERSION, BadFrame, subscriptions_of, text_of, uuid_of
from chat.rules.pace import (
    FRAME_BYTES,
    HEARTBEAT,
    SUBSCRIPTIONS,
    UNANSWERED,
    WINDOW_BYTES,
    WINDOW_ENTRIES,
    tenths_above,
)
from chat.serializers import instant
from identity import actions as identity
from identity.actions.sockets import SocketIdentity
from identity.models import User
from supportdesk.realtime import failpoint, postgres_time, traces

if TYPE_CHECKING:
    from chat.consumers.connection import Connection

traffic = logging.getLogger("supportdesk.traffic")


async def greet(connection: "Connection", frame: dict[str, Any]) -> None:
    """Redeem the ticket, welcome, and begin the subscriptions; raises ``BadFrame`` for a bad ``hello``."""
    ticket = text_of(frame, "ticket")
    if "client" in frame:
        uuid_of(frame, "client")
    wanted = subscriptions_of(frame)
    person = await _redeemed(connection, ticket)
    failpoint("greeting.redeemed")
    if len(wanted) > SUBSCRIPTIONS[_kind_of(person)]:
        raise BadFrame("too_many")
    wait = take_handshake(person.actor.pk)
    if wait:
        connection.close(4429, "too_fast", retry_after=tenths_above(wait))
        return
    _introduce(connection, person)
    connection.say(_welcome(connection))
    failpoint("greeting.welcomed")
    for conversation, after in wanted:
        connection.subscribe(conversation, after)
    connection.desk.greeted(connection)


async def _redeemed(connection: "Connection", ticket: str) -> SocketIdentity:
    person, now = await connection.desk.redeem(ticket)
    connection.desk.learn_time(now)
    if person is None:
        raise BadFrame("ticket")
    return person


def redeem(tickets: list[str]) -> list[tuple[SocketIdentity | None, float]]:
    """Whom each ticket stands for, and what time it is by the clock of Postgres."""
    people = identity.redeem_socket_tickets(tickets=tickets)
    now = postgres_time()
    return [(person, now) for person in people]


def _kind_of(person: SocketIdentity) -> str:
    return "staff" if isinstance(person.actor, User) else "borrower"


def _introduce(connection: "Connection", person: SocketIdentity) -> None:
    """From now on the connection speaks for this person and hears what concerns them."""
    actor = person.actor
    connection.identity = person
    traces.actor.set(f"{_kind_of(person)}:{actor.pk}")
    traffic.info("socket greeted")
    connection.kind = _kind_of(person)
    connection.audience = "staff" if isinstance(actor, User) else "public"
    connection.name = actor.display_name if isinstance(actor, User) else actor.full_name
    connection.actor_text = str(actor.pk)
    connection.language = actor.language
    connection.desk.hub.join(actor_group(actor.pk), connection)
    if isinstance(actor, User) and actor.is_supervisor:
        connection.desk.hub.join("supervisors", connection)


def _welcome(connection: "Connection") -> dict[str, Any]:
    return {
        "type": "welcome",
        "version": VERSION,
        "connection": str(connection.id),
        "heartbeat": HEARTBEAT,
        "window": {"entries": WINDOW_ENTRIES, "bytes": WINDOW_BYTES},
        "limits": {
            "frame": FRAME_BYTES,
            "unanswered": UNANSWERED,
            "subscriptions": SUBSCRIPTIONS[connection.kind],
        },
        "now": instant(connection.desk.moment()),
        "return_ticket": connection.return_ticket(),
    }
