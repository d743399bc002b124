"""What a greeted client may ask for, by the type of its frame; there is nothing else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chat.events import group_of, typing_frame, viewing_frame
from chat.rules.entries import PUBLIC, STAFF
from chat.rules.frames import BadFrame, number_of, uuid_of
from chat.rules.pace import SUBSCRIPTIONS, TYPING_PAUSE, TYPING_TTL, VIEWING_TTL
from chat.serializers import instant
from supportdesk.realtime import frame as event

if TYPE_CHECKING:
    from chat.consumers.connection import Connection

Frame = dict[str, Any]


def obey(connection: "Connection", frame: Frame) -> None:
    order = ORDERS.get(frame["type"])
    if order is None:
        raise BadFrame("unknown")
    if frame["type"] in ACTS:
        connection.acted_at = connection.heard_at
    order(connection, frame)


def post(connection: "Connection", frame: Frame) -> None:
    connection.posts.take(frame)


def subscribe(connection: "Connection", frame: Frame) -> None:
    conversation, after = uuid_of(frame, "conversation"), number_of(frame, "after")
    known = conversation in connection.subscriptions
    if not known and len(connection.subscriptions) >= SUBSCRIPTIONS[connection.kind]:
        connection.report("too_many")
        return
    if not connection.may_subscribe():
        connection.report("too_fast")
        return
    connection.subscribe(conversation, after)


def unsubscribe(connection: "Connection", frame: Frame) -> None:
    connection.unsubscribe(uuid_of(frame, "conversation"))


def receive(connection: "Connection", frame: Frame) -> None:
    connection.credit(uuid_of(frame, "conversation"), number_of(frame, "seq"))


def see(connection: "Connection", frame: Frame) -> None:
    """Only what was sent on this connection can have been seen."""
    conversation, seq = uuid_of(frame, "conversation"), number_of(frame, "seq")
    subscription = connection.subscriptions.get(conversation)
    if subscription is not None and subscription.is_synced:
        connection.desk.see(connection, conversation, min(seq, subscription.position))


def type_(connection: "Connection", frame: Frame) -> None:
    """Tell the others, not too often; the right to write is asked again by the poll."""
    conversation = uuid_of(frame, "conversation")
    now = connection.desk.now()
    if not _may_type(connection, conversation, now):
        return
    connection.typed_at[conversation] = now
    connection.desk.show_typing(connection, conversation)


def view(connection: "Connection", frame: Frame) -> None:
    """A member of staff has the conversation before them: their colleagues are told, and nobody else."""
    conversation = uuid_of(frame, "conversation")
    now = connection.desk.now()
    if not _may_show_viewing(connection, conversation, now):
        return
    connection.viewed_at[conversation] = now
    author = {"kind": connection.kind, "id": connection.actor_text, "name": connection.name}
    shown = viewing_frame(conversation, author, VIEWING_TTL)
    connection.desk.hub.publish([event(group_of(conversation, STAFF), shown, skip=connection.actor_text)])


def ping(connection: "Connection", frame: Frame) -> None:
    pong = {"type": "pong", "n": number_of(frame, "n"), "now": instant(connection.desk.moment())}
    connection.say(pong | {"return_ticket": connection.return_ticket()})


def typing_events(connection: "Connection", conversation: UUID) -> list[Any]:
    """For staff with the author's id, for the borrower with the display name alone."""
    kind, name, actor = connection.kind, connection.name, connection.actor_text
    whole = {"kind": kind, "id": actor, "name": name}
    bare = {"kind": kind, "id": actor if kind == "borrower" else None, "name": name}
    return [
        event(group_of(conversation, STAFF), typing_frame(conversation, whole, TYPING_TTL), skip=actor),
        event(group_of(conversation, PUBLIC), typing_frame(conversation, bare, TYPING_TTL), skip=actor),
    ]


def _may_type(connection: "Connection", conversation: UUID, now: float) -> bool:
    subscription = connection.subscriptions.get(conversation)
    recently = now - connection.typed_at.get(conversation, -TYPING_PAUSE) < TYPING_PAUSE
    return subscription is not None and subscription.may_write and not recently


def _may_show_viewing(connection: "Connection", conversation: UUID, now: float) -> bool:
    subscription = connection.subscriptions.get(conversation)
    recently = now - connection.viewed_at.get(conversation, -TYPING_PAUSE) < TYPING_PAUSE
    is_read = subscription is not None and subscription.is_synced
    return connection.audience == STAFF and is_read and not recently


ACTS = frozenset({"message.post", "seen", "typing"})  # a person is behind these; the rest a browser sends by itself
ORDERS: dict[str, Callable[["Connection", Frame], None]] = {
    "message.post": post,
    "received": receive,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "seen": see,
    "typing": type_,
    "viewing": view,
    "ping": ping,
}
