"""Facts for browsers: the frames of docs/protocol.md that the desk sends, and the groups they go to."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from chat.rules.entries import PUBLIC, STAFF, StoredEntry
from chat.serializers import entry_json, id_text
from supportdesk.realtime import Event, control, frame

SOCKETS = "sockets"  # the group every process's registry of sockets listens to


def group_of(conversation: UUID, audience: str) -> str:
    return f"conversation.{id_text(conversation)}.{audience}"


def actor_group(actor: UUID) -> str:
    return f"actor.{actor}"


def entry_events(entry: StoredEntry) -> list[Event]:
    """The next entry for staff, and for the borrower where it is public. A note makes nothing public at all."""
    events = [_posted(entry, STAFF, entry.seq)]
    if entry.public_seq is not None:
        events.append(_posted(entry, PUBLIC, entry.public_seq))
    return events


def entries_events(entries: Iterable[StoredEntry]) -> list[Event]:
    return [event for entry in entries for event in entry_events(entry)]


def entry_frame(entry: StoredEntry, audience: str) -> dict[str, Any]:
    return {
        "type": "entry.posted",
        "conversation": id_text(entry.conversation_id),
        "seq": entry.public_seq if audience == PUBLIC else entry.seq,
        "entry": entry_json(entry, audience),
    }


def seen_frame(conversation: UUID, reader: str, seq: int) -> dict[str, Any]:
    return {"type": "seen.moved", "conversation": str(conversation), "reader": reader, "seq": seq}


def typing_frame(conversation: UUID, author: dict[str, Any], ttl: int) -> dict[str, Any]:
    return {"type": "typing.shown", "conversation": str(conversation), "author": author, "ttl": ttl}


def viewing_frame(conversation: UUID, author: dict[str, Any], ttl: int) -> dict[str, Any]:
    return {"type": "viewing.shown", "conversation": str(conversation), "author": author, "ttl": ttl}


def drop_event(conversation: UUID, actor: UUID) -> Event:
    """Ends one subscription of all the actor's sockets, in every process."""
    return control(actor_group(actor), {"do": "drop", "conversation": str(conversation)})


def close_event(sessions: Iterable[UUID], code: int) -> Event:
    """Closes every socket of the sessions, in every process."""
    return control(SOCKETS, {"do": "close", "sessions": [str(session) for session in sessions], "code": code})


def _posted(entry: StoredEntry, audience: str, seq: int) -> Event:
    return frame(group_of(entry.conversation_id, audience), entry_frame(entry, audience), seq=seq)
