"""A conversation's transcript, on the desk's clock, for the checks."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from chat.models import AuthorKind, Conversation, Entry, EntryKind
from quality.rules.transcript import Message, Side, Transcript
from tickets.queries.promises import promises
from tickets.rules.sla import Week, working_between

SIDES = {
    AuthorKind.BORROWER.value: Side.BORROWER,
    AuthorKind.CORRESPONDENT.value: Side.BORROWER,
    AuthorKind.STAFF.value: Side.STAFF,
}
ENDINGS = (EntryKind.CLOSED, EntryKind.RESOLVED)


def transcript_of(conversation: Conversation) -> Transcript:
    """Public messages of both sides; bots, notes and facts are not judged."""
    entries = list(conversation.entries.order_by("seq"))
    said = [entry for entry in entries if _is_said(entry)]
    week = promises().week
    started_at = said[0].created_at if said else conversation.started_at
    return Transcript(
        channel=conversation.channel,
        messages=tuple(_message(entry, started_at, week) for entry in said),
        borrower_name=_name_of(conversation),
        ended_at=_ended_at(conversation, entries, started_at, week),
        own_hosts=own_hosts(),
    )


def content_hash(transcript: Transcript) -> str:
    """Changes exactly when what was said does."""
    said = [(message.seq, message.side, message.author_id, message.text) for message in transcript.messages]
    content = json.dumps([transcript.channel, transcript.borrower_name, said], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def own_hosts() -> frozenset[str]:
    """The desk's and the lender's own sites."""
    addresses: Iterable[str] = (settings.PUBLIC_URL, *settings.LENDER_ORIGINS)
    return frozenset(host for address in addresses if (host := urlsplit(address).hostname))


def closed_since(since: datetime | None) -> Iterable[UUID]:
    """Conversations that ended, oldest first: what can be scored again."""
    ended = Conversation.objects.filter(closed_at__isnull=False)
    if since is not None:
        ended = ended.filter(closed_at__gte=since)
    return ended.order_by("closed_at").values_list("pk", flat=True)


def _is_said(entry: Entry) -> bool:
    return entry.kind == EntryKind.MESSAGE and entry.is_public and entry.author_kind in SIDES


def _message(entry: Entry, started_at: datetime, week: Week) -> Message:
    return Message(
        seq=entry.seq,
        side=SIDES[entry.author_kind],
        author_id=str(entry.author_id or ""),
        author_name=entry.author_name,
        text=entry.body,
        at=working_between(week, started_at, entry.created_at),
    )


def _name_of(conversation: Conversation) -> str:
    return conversation.borrower.first_name if conversation.borrower else ""


def _ended_at(conversation: Conversation, entries: list[Entry], started_at: datetime, week: Week) -> float | None:
    moments = [entry.created_at for entry in entries if entry.kind in ENDINGS]
    if conversation.closed_at:
        moments.append(conversation.closed_at)
    return working_between(week, started_at, max(moments)) if moments else None
