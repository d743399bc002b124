"""Starting, closing and reopening conversations."""

import uuid
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from chat import signals
from chat.actions.posting import record_fact
from chat.errors import Refused
from chat.events import entry_events
from chat.models import Channel, Conversation, Entry
from chat.rules.entries import SYSTEM, Post, StoredEntry, content_hash
from identity.access import Actor
from identity.models import Borrower
from supportdesk.realtime import failpoint, publish_all_on_commit

# The conversation and its first entry: a letter that opens a ticket waits for each statement.
START = """
with started as (
  insert into chat_conversation (id, channel, borrower_id, correspondent_name, correspondent_address, subject, page,
                                 language, is_shared, started_at, seq, public_seq)
  values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 1, 1) returning id)
insert into chat_entry (conversation_id, seq, public_seq, kind, author_kind, author_name, content_hash, body, data,
                        created_at)
select id, 1, 1, %s, %s, '', %s, '', %s, clock_timestamp() from started returning id, created_at
"""


@transaction.atomic(savepoint=False)
def start_conversation(
    *,
    channel: str,
    borrower: Borrower | None = None,
    correspondent_name: str = "",
    correspondent_address: str = "",
    subject: str = "",
    page: str = "",
    language: str = "ru",
    is_shared: bool = False,
    context: dict[str, Any] | None = None,
    id: uuid.UUID | None = None,  # noqa: A002
    started_at: datetime | None = None,
) -> Conversation:
    """Start a conversation; a borrower whose chat is open gets that one, and nothing is started.

    ``context`` goes to the receivers of ``conversation_started`` (for example the topic), who may put into it what they
    made of it. ``id`` lets a client that repeats its request get the same conversation. ``started_at`` is of what began
    before the desk heard of it: a call.
    """
    if borrower is not None:
        Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)  # one start at a time per borrower
        if (known := _already_started(borrower, channel, id)) is not None:
            return known
    conversation = Conversation(
        id=_free(id),
        channel=str(channel),
        borrower=borrower,
        correspondent_name=correspondent_name,
        correspondent_address=correspondent_address,
        subject=subject[:500],
        page=page[:200],
        language=language,
        is_shared=is_shared,
        started_at=started_at or timezone.now(),
    )
    _tell_of_start(conversation, {} if context is None else context)
    return conversation


def _tell_of_start(conversation: Conversation, context: dict[str, Any]) -> None:
    publish_all_on_commit(entry_events(_begin(conversation)))
    failpoint("conversations.started")
    signals.conversation_started.send(sender=None, conversation=conversation, context=context)
    _forget_related(conversation)


@transaction.atomic
def close_conversation(*, conversation: Conversation, by: Actor | None) -> Conversation:
    """Close it: nobody writes any more. Closing twice changes nothing."""
    locked = _locked(conversation)
    if locked.closed_at is None:
        record_fact(conversation=locked, kind="closed", author=by, public=True)
        locked.closed_at = timezone.now()
        locked.save(update_fields=["closed_at"])
        failpoint("conversations.closed")
        signals.conversation_closed.send(sender=None, conversation=locked, by=by)
    conversation.refresh_from_db()
    return conversation


@transaction.atomic
def link_borrower(*, conversation: Conversation, borrower: Borrower | None) -> Conversation:
    """Say whose letters these are, or that nobody knows any more; a chat belongs to whoever started it."""
    locked = _locked(conversation)
    if locked.channel == Channel.CHAT:
        raise Refused("forbidden")
    locked.borrower = borrower
    locked.save(update_fields=["borrower"])
    conversation.refresh_from_db()
    return conversation


@transaction.atomic
def move_to_chat(*, conversation: Conversation, borrower: Borrower) -> Conversation:
    """Letters go on as a live chat of the borrower who proved to be their writer; refused beside another open chat."""
    locked = _locked(conversation)
    Borrower.objects.select_for_update(no_key=True).get(pk=borrower.pk)
    locked.channel, locked.borrower, locked.is_shared = Channel.CHAT.value, borrower, False
    if locked.closed_at is not None or _another_open_chat(locked):
        raise Refused("closed")
    locked.save(update_fields=["channel", "borrower", "is_shared"])
    record_fact(conversation=locked, kind="continued", author=borrower, data={"channel": Channel.CHAT}, public=True)
    conversation.refresh_from_db()
    return conversation


@transaction.atomic
def forget_probe_conversations(*, before: datetime) -> int:
    """Delete what the desk's own probe said before a moment; nothing that a person said is ever deleted so."""
    old = Conversation.objects.filter(channel=Channel.PROBE, started_at__lt=before)
    Entry.objects.filter(conversation__in=old).delete()
    return old.delete()[0]


@transaction.atomic
def reopen_conversation(*, conversation: Conversation, by: Actor | None) -> Conversation:
    """Open it again; refused for a chat whose borrower has another one open."""
    locked = _locked(conversation)
    if locked.closed_at is not None:
        if locked.borrower_id is not None:  # as every start does, but after the conversation, which the caller may hold
            Borrower.objects.select_for_update(no_key=True).get(pk=locked.borrower_id)
        if _another_open_chat(locked):
            raise Refused("closed")
        locked.closed_at = None
        locked.save(update_fields=["closed_at"])
        record_fact(conversation=locked, kind="reopened", author=by, public=True)
        signals.conversation_reopened.send(sender=None, conversation=locked, by=by)
    conversation.refresh_from_db()
    return conversation


def _begin(conversation: Conversation) -> StoredEntry:
    """Store it with the entry that says so."""
    own, data = conversation, {"channel": str(conversation.channel)}
    post = Post(conversation=own.pk, writer=SYSTEM, kind="started", data=data, trusted=True)
    who = (own.pk, own.channel, own.borrower_id, own.correspondent_name, own.correspondent_address)
    what = (own.subject, own.page, own.language, own.is_shared, own.started_at)
    said = (post.kind, SYSTEM.kind, content_hash(post), orjson.dumps(data).decode())
    with connection.cursor() as cursor:
        cursor.execute(START, (*who, *what, *said))
        number, at = cursor.fetchone()
    own.seq = own.public_seq = 1
    own._state.adding, own._state.db = False, connection.alias
    return StoredEntry(number, own.pk, 1, 1, post.kind, SYSTEM.kind, None, "", None, "", data, at)


def _forget_related(conversation: Conversation) -> None:
    """What receivers hung on it is read again by whoever asks for it, as it is then."""
    for related in conversation._meta.related_objects:
        if related.is_cached(conversation):
            related.delete_cached_value(conversation)


def _already_started(borrower: Borrower, channel: str, id: uuid.UUID | None) -> Conversation | None:  # noqa: A002
    own = Conversation.objects.filter(borrower=borrower)
    if id is not None and (known := own.filter(pk=id).first()):
        return known
    return own.filter(channel=Channel.CHAT, closed_at=None).first() if channel == Channel.CHAT else None


def _free(id: uuid.UUID | None) -> uuid.UUID:  # noqa: A002
    """The wished id, unless somebody else's conversation has it: then a new one, telling nothing."""
    return uuid.uuid4() if id is None or Conversation.objects.filter(pk=id).exists() else id


def _locked(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)


def _another_open_chat(conversation: Conversation) -> bool:
    if conversation.channel != Channel.CHAT or conversation.borrower_id is None:
        return False
    chats = Conversation.objects.filter(borrower=conversation.borrower_id, channel=Channel.CHAT, closed_at=None)
    return chats.exclude(pk=conversation.pk).exists()
