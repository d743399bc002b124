"""What browsers and other clients see of the log: the same form in live frames and in REST answers."""

from collections.abc import Collection
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from chat.models import Conversation, Draft
from chat.rules.entries import PUBLIC, StoredAttachment, StoredEntry
from chat.rules.mentions import Colleague, short_names

PUBLIC_DATA = {
    "agent",
    "initials",
    "waited",
    "lasted",
    "channel",
    "topic",
    "topic_title",
    "seq",
}  # of a fact; everything else is internal


id_text = lru_cache(maxsize=16_384)(str)  # the same few ids stand in every frame, and writing them out costs


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry_json(entry: StoredEntry, audience: str) -> dict[str, Any]:
    """One entry as docs/protocol.md draws it; a borrower gets no staff ids and no internal data."""
    if audience == PUBLIC:
        return _public_json(entry)
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "author": {"kind": entry.author_kind, "id": _text(entry.author_id), "name": entry.author_name},
        "id": _text(entry.client_id),
        "body": entry.body,
        "created_at": instant(entry.created_at),
        "public": entry.public_seq is not None,
        "attachments": [attachment_json(attachment) for attachment in entry.attachments],
        "data": dict(entry.data),
    }


def _public_json(entry: StoredEntry) -> dict[str, Any]:
    own = entry.author_kind == "borrower"
    return {
        "seq": entry.public_seq,
        "kind": entry.kind,
        "author": {
            "kind": entry.author_kind,
            "id": _text(entry.author_id) if own else None,
            "name": entry.author_name,
        },
        "id": _text(entry.client_id) if own else None,
        "body": entry.body,
        "created_at": instant(entry.created_at),
        "attachments": [attachment_json(attachment) for attachment in entry.attachments],
        "data": {name: value for name, value in entry.data.items() if name in PUBLIC_DATA},
    }


def attachment_json(attachment: StoredAttachment) -> dict[str, Any]:
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
    }


def conversation_json(conversation: Conversation, audience: str) -> dict[str, Any]:
    """A conversation without its log; ``seq`` is the head of the audience's own sequence."""
    closed_at = conversation.closed_at
    return {
        "id": str(conversation.pk),
        "channel": conversation.channel,
        "subject": conversation.subject,
        "started_at": instant(conversation.started_at),
        "closed_at": None if closed_at is None else instant(closed_at),
        "status": "open" if closed_at is None else "closed",
        "seq": conversation.public_seq if audience == PUBLIC else conversation.seq,
    }


def draft_json(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {"mode": "reply", "body": "", "updated_at": None}
    return {"mode": draft.mode, "body": draft.body, "updated_at": instant(draft.updated_at)}


def colleagues_json(colleagues: Collection[Colleague]) -> list[dict[str, str]]:
    """``name`` is what to write after the `@`."""
    short = short_names(colleagues)
    return [{"id": str(one.id), "name": short[one.id], "full_name": one.full_name} for one in colleagues]


def _text(value: UUID | None) -> str | None:
    return None if value is None else id_text(value)
