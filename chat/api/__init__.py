"""The chat over REST: the same actions as the socket's."""

from chat.api.attachments import AttachmentAddress, ConversationAttachments, serve_file
from chat.api.conversations import CloseConversation, Mentionable, OneConversation, OwnConversations, Seen
from chat.api.drafts import ConversationDraft
from chat.api.entries import Entries, Messages

__all__ = [
    "AttachmentAddress",
    "CloseConversation",
    "ConversationAttachments",
    "ConversationDraft",
    "Entries",
    "Mentionable",
    "Messages",
    "OneConversation",
    "OwnConversations",
    "Seen",
    "serve_file",
]
