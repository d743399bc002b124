"""Posting: the one way an entry comes into a log, for sockets, REST, letters and facts alike."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from chat import signals
from chat.access import writer_of
from chat.actions.mentions import with_mentions
from chat.errors import Refused
from chat.events import entries_events
from chat.models import Conversation
from chat.queries import attachments_of
from chat.rules.entries import (
    SYSTEM,
    Correspondent,
    Post,
    Posted,
    Refusal,
    StoredAttachment,
    StoredEntry,
    Writer,
    content_hash,
    problem_of,
)
from chat.serializers import id_text
from identity.access import Actor
from identity.rules.pii import mask_documents
from supportdesk.realtime import failpoint, publish_all_on_commit

Outcome = Posted | Refusal


def post_messages(posts: Sequence[Post]) -> list[Outcome]:
    """Store the posts, in order, in one transaction; one outcome for each.

    The signal ``messages_posted`` and the frames carry only what is new: a repeat returns what is stored and tells
    nobody.
    """
    return _post(posts, transaction.atomic())


def post_within(post: Post) -> Outcome:
    """Store one post as a part of the caller's transaction: with no savepoint of its own, both fail together."""
    return _post([post], transaction.atomic(savepoint=False))[0]


def _post(posts: Sequence[Post], unit: transaction.Atomic) -> list[Outcome]:
    outcomes: list[Outcome | None] = [_refusal_of(post) for post in posts]
    masked = with_mentions([_masked(post) for post in posts])
    firsts, repeats = _first_of_each(masked, outcomes)
    if firsts:
        failpoint("posting.before_statement")
        with unit:
            for index, outcome in zip(firsts, _store([masked[index] for index in firsts]), strict=True):
                outcomes[index] = outcome
            failpoint("posting.after_insert")
            _tell([outcome for outcome in outcomes if isinstance(outcome, Posted) and not outcome.duplicate])
            failpoint("posting.before_commit")
        failpoint("posting.after_commit")
    for index, first in repeats.items():
        outcomes[index] = _repeat_of(outcomes[first], same=content_hash(masked[index]) == content_hash(masked[first]))
    return [outcome for outcome in outcomes if outcome is not None]


def post_message(
    *,
    conversation: Conversation,
    author: Actor | Correspondent,
    body: str,
    client_id: UUID | None = None,
    kind: str = "message",
    attachments: Sequence[UUID] = (),
    data: Mapping[str, Any] | None = None,
) -> StoredEntry:
    """Store one message or note; raises ``Refused``."""
    correspondent = isinstance(author, Correspondent)
    post = Post(
        conversation=conversation.pk,
        writer=Writer("correspondent", None, author.name) if isinstance(author, Correspondent) else writer_of(author),
        body=body,
        client_id=client_id,
        kind=kind,
        public=kind != "note",
        attachments=tuple(attachments),
        data=data or {},
        trusted=correspondent,
        is_letter=correspondent or conversation.channel == "email",
    )
    return posted_or_refused(post_messages([post])[0]).entry


def record_fact(
    *,
    conversation: Conversation,
    kind: str,
    author: Actor | None = None,
    data: Mapping[str, Any] | None = None,
    public: bool,
) -> StoredEntry:
    """Write a fact (assigned, topic set, closed, …) into the log."""
    writer = SYSTEM if author is None else writer_of(author)
    post = Post(conversation=conversation.pk, writer=writer, kind=kind, public=public, data=data or {}, trusted=True)
    return posted_or_refused(post_messages([post])[0]).entry


def posted_or_refused(outcome: Outcome) -> Posted:
    if isinstance(outcome, Refusal):
        raise Refused(outcome.code, outcome.retry_after)
    return outcome


def _masked(post: Post) -> Post:
    body = mask_documents(post.body)
    return post if body == post.body else replace(post, body=body)


def _refusal_of(post: Post) -> Refusal | None:
    problem = problem_of(post)
    return None if problem is None else Refusal(problem)


def _first_of_each(posts: Sequence[Post], outcomes: Sequence[Outcome | None]) -> tuple[list[int], dict[int, int]]:
    """Indices to store, and for a repeat within the batch the index of its first: a statement cannot see itself."""
    firsts: list[int] = []
    repeats: dict[int, int] = {}
    known: dict[tuple[UUID | None, UUID], int] = {}
    for index, post in enumerate(posts):
        if outcomes[index] is not None:
            continue
        if post.client_id is not None:
            first = known.setdefault((post.writer.id, post.client_id), index)
            if first != index:
                repeats[index] = first
                continue
        firsts.append(index)
    return firsts, repeats


def _repeat_of(first: Outcome | None, *, same: bool) -> Outcome:
    if isinstance(first, Posted) and same:
        return Posted(first.entry, duplicate=True)
    return first if isinstance(first, Refusal) and same else Refusal("conflict")


def _store(posts: Sequence[Post]) -> list[Outcome]:
    """Run the statement; its rows come in any order, numbered."""
    clashing = _attached_twice(posts)
    rows = [_row(number, post) for number, post in enumerate(posts) if number not in clashing]
    conversations = "{" + ",".join({id_text(post.conversation) for post in posts}) + "}"
    with connection.cursor() as cursor:
        cursor.execute("select * from chat_store_posts(%s::uuid[], %s)", [conversations, orjson.dumps(rows).decode()])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    carrying = [number for number, post in enumerate(posts) if post.attachments and number in found]
    files = attachments_of([found[number][1] for number in carrying if found[number][1]])
    return [_outcome(post, found.get(number, ("attachment",)), files) for number, post in enumerate(posts)]


def _row(number: int, post: Post) -> dict[str, Any]:
    writer = post.writer
    row: dict[str, Any] = {
        "n": number,
        "conversation": post.conversation,
        "author_kind": writer.kind,
        "author": writer.id,
        "name": writer.name,
        "kind": post.kind,
        "public": post.public and post.kind != "note",
        "hash": content_hash(post),
        "body": post.body,
        "client": post.client_id,
        "epoch": writer.epoch,
        "session": writer.session,
    }
    if post.data:
        row["data"] = dict(post.data)
    if post.attachments:
        row["files"] = ",".join(map(str, post.attachments))
    if post.trusted:
        row["trusted"] = True
    return row


def _attached_twice(posts: Sequence[Post]) -> set[int]:
    """Numbers of posts that name a file an earlier post of the batch already carries."""
    taken: set[UUID] = set()
    clashing = set()
    for number, post in enumerate(posts):
        if taken.intersection(post.attachments):
            clashing.add(number)
        taken.update(post.attachments)
    return clashing


def _outcome(post: Post, row: tuple[Any, ...], files: Mapping[int, tuple[StoredAttachment, ...]]) -> Outcome:
    verdict = row[0]
    if verdict not in {"stored", "duplicate"}:
        return Refusal(verdict)
    _, id_, seq, public_seq, created_at, author_name = row
    writer = post.writer
    entry = StoredEntry(
        id_,
        post.conversation,
        seq,
        public_seq,
        post.kind,
        writer.kind,
        writer.id,
        author_name,
        post.client_id,
        post.body,
        post.data,
        created_at,
        files.get(id_, ()),
    )
    return Posted(entry, duplicate=verdict == "duplicate")


def _tell(posted: Sequence[Posted]) -> None:
    """The app above within this transaction, everybody's sockets after it."""
    entries = [outcome.entry for outcome in posted]
    written = [entry for entry in entries if entry.kind in {"message", "note"}]
    if written:
        signals.messages_posted.send(sender=None, entries=written)
    publish_all_on_commit(entries_events(entries))
