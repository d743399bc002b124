"""Every write of the chat: ``from chat import actions as chat`` → ``chat.post_message(…)``."""

from chat.actions.attachments import (
    KeptFile,
    Upload,
    attach_file,
    attach_kept_file,
    forget_kept_file,
    forget_unposted_files,
    keep_file,
)
from chat.actions.conversations import (
    close_conversation,
    forget_probe_conversations,
    link_borrower,
    move_to_chat,
    reopen_conversation,
    start_conversation,
)
from chat.actions.drafts import save_draft
from chat.actions.participants import (
    add_participant,
    add_participants,
    remove_participant,
    share_conversation,
    unshare_conversation,
)
from chat.actions.posting import post_message, post_messages, post_within, posted_or_refused, record_fact
from chat.actions.seen import Seen, mark_seen, mark_seen_many
from chat.rules.entries import Correspondent, Post, Posted, Refusal, StoredAttachment, StoredEntry, Writer

__all__ = [
    "Correspondent",
    "KeptFile",
    "Post",
    "Posted",
    "Refusal",
    "Seen",
    "StoredAttachment",
    "StoredEntry",
    "Upload",
    "Writer",
    "add_participant",
    "add_participants",
    "attach_file",
    "attach_kept_file",
    "close_conversation",
    "forget_kept_file",
    "forget_probe_conversations",
    "forget_unposted_files",
    "keep_file",
    "link_borrower",
    "mark_seen",
    "mark_seen_many",
    "move_to_chat",
    "post_message",
    "post_messages",
    "post_within",
    "posted_or_refused",
    "record_fact",
    "remove_participant",
    "reopen_conversation",
    "save_draft",
    "share_conversation",
    "start_conversation",
    "unshare_conversation",
]
