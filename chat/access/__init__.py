"""Who may see and write which conversation, and how fast. Every edge asks here; nothing else decides."""

from chat.access.pace import (
    count_bad_handshake,
    give_turn_back,
    is_unlimited,
    take_handshake,
    take_turn,
    wait_for_handshake,
)
from chat.access.visibility import (
    Heads,
    attachment_for,
    audience_of,
    conversation_for,
    conversations_visible_to,
    conversations_writable_by,
    few_visible_to,
    heads_visible,
    may_write,
    sees_every_conversation,
    writable_conversation_for,
    writer_of,
)

__all__ = [
    "Heads",
    "attachment_for",
    "audience_of",
    "conversation_for",
    "conversations_visible_to",
    "conversations_writable_by",
    "count_bad_handshake",
    "few_visible_to",
    "give_turn_back",
    "heads_visible",
    "is_unlimited",
    "may_write",
    "sees_every_conversation",
    "take_handshake",
    "take_turn",
    "wait_for_handshake",
    "writable_conversation_for",
    "writer_of",
]
