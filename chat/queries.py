"""Reads of the log, for one audience: staff by ``seq``, borrowers by ``public_seq``."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chat.models import Attachment, Conversation, Draft, Entry, SeenMark
from chat.rules.entries import PUBLIC, StoredAttachment, StoredEntry
from chat.rules.mentions import Colleague
from identity.models import Borrower, User

COLUMNS = (
    "id",
    "conversation_id",
    "seq",
    "public_seq",
    "kind",
    "author_kind",
    "author_id",
    "author_name",
    "client_id",
    "body",
    "data",
    "created_at",
)


def entries_after(
    *, conversation: UUID | Conversation, audience: str, after: int, limit: int = 50
) -> list[StoredEntry]:
    """The next entries of the audience's sequence, oldest first."""
    rows = _entries(conversation, audience).filter(**{f"{_sequence(audience)}__gt": after})
    return _stored(rows.order_by(_sequence(audience))[:limit])


def latest_entries(
    *, conversation: UUID | Conversation, audience: str, before: int | None = None, limit: int = 50
) -> list[StoredEntry]:
    """The page that ends before ``before`` (or now), oldest first."""
    rows = _entries(conversation, audience)
    if before is not None:
        rows = rows.filter(**{f"{_sequence(audience)}__lt": before})
    return _stored(rows.order_by(f"-{_sequence(audience)}")[:limit])[::-1]


def head_of(conversation: Conversation, audience: str) -> int:
    """The last number of the audience's sequence."""
    return conversation.public_seq if audience == PUBLIC else conversation.seq


def history_of(borrower: Borrower) -> QuerySet[Conversation]:
    """Everything the borrower and the desk ever said, newest conversation first."""
    return Conversation.objects.filter(borrower=borrower).order_by("-started_at")


def seen_by(*, conversation: Conversation, audience: str) -> list[dict[str, Any]]:
    """How far readers have seen, in the audience's own sequence; a borrower hears of those who serve them only."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN_PUBLIC if audience == PUBLIC else SEEN_STAFF, [conversation.pk])
        return [{"reader": reader, "seq": seq} for reader, seq in cursor.fetchall() if seq]


SEEN_PUBLIC = """
select r.reader, max(r.seq) from (
  select m.reader_kind::text as reader,
         case m.reader_kind when 'borrower' then m.seq else (
           select max(e.public_seq) from chat_entry e where e.conversation_id = m.conversation_id and e.seq <= m.seq)
         end as seq
    from chat_seenmark m
   where m.conversation_id = %s and (m.reader_kind = 'borrower' or exists (
     select from chat_participant t where t.conversation_id = m.conversation_id and t.user_id = m.reader_id))
) r group by 1 order by 1
"""

SEEN_STAFF = """
select case m.reader_kind when 'borrower' then 'borrower' else m.reader_id::text end,
       case m.reader_kind when 'borrower' then (
         select e.seq from chat_entry e where e.conversation_id = m.conversation_id and e.public_seq = m.seq)
       else m.seq end
  from chat_seenmark m where m.conversation_id = %s order by 1
"""


def mentionable(conversation: Conversation) -> list[Colleague]:
    """Who may be mentioned in its notes: those who take part in it, supervisors and administrators."""
    return mentionable_in([conversation.pk]).get(conversation.pk, [])


def mentionable_in(conversations: Iterable[UUID]) -> dict[UUID, list[Colleague]]:
    """The same for several conversations, in one query."""
    found: dict[UUID, list[Colleague]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(MENTIONABLE, [list(conversations)])
        for conversation, *colleague in cursor.fetchall():
            found[conversation].append(Colleague(*colleague))
    return found


MENTIONABLE = """
select c.id, u.id, u.display_name, u.full_name
  from unnest(%s::uuid[]) c(id) join identity_user u on u.deactivated_at is null and (
       u.role in ('supervisor', 'admin') or exists (
         select from chat_participant t where t.conversation_id = c.id and t.user_id = u.id and t.until is null))
 order by u.full_name
"""


def draft_of(*, conversation: Conversation, user: User) -> Draft | None:
    return Draft.objects.filter(conversation=conversation, user=user).first()


def unread_counts(*, reader: Borrower | User, conversations: Iterable[UUID], audience: str) -> dict[UUID, int]:
    """For each conversation, how many messages of others the reader has not seen."""
    ids = list(conversations)
    sequence = _sequence(audience)
    mark = SeenMark.objects.filter(conversation=OuterRef("conversation"), reader_id=reader.pk).values("seq")
    unseen = (
        Entry.objects.filter(conversation__in=ids, kind__in=("message", "note"), **{f"{sequence}__isnull": False})
        .exclude(author_id=reader.pk)
        .filter(**{f"{sequence}__gt": Coalesce(Subquery(mark), 0)})
    )
    counts = unseen.values("conversation").annotate(count=Count("id")).values_list("conversation", "count")
    return dict.fromkeys(ids, 0) | dict(counts)


def last_staff_names(conversations: Iterable[UUID]) -> dict[UUID, str]:
    """For each conversation, the name under which staff last wrote to the borrower."""
    written = Entry.objects.filter(conversation__in=list(conversations), author_kind="staff", kind="message")
    newest = written.order_by("conversation", "-seq").distinct("conversation")
    return dict(newest.values_list("conversation_id", "author_name"))


def _sequence(audience: str) -> str:
    return "public_seq" if audience == PUBLIC else "seq"


def _entries(conversation: UUID | Conversation, audience: str) -> QuerySet[Entry]:
    """The audience's own log and nothing else of the conversation."""
    rows = Entry.objects.filter(
        conversation_id=conversation.pk if isinstance(conversation, Conversation) else conversation
    )
    return rows.filter(public_seq__isnull=False) if audience == PUBLIC else rows


def _stored(rows: QuerySet[Entry]) -> list[StoredEntry]:
    found: list[dict[str, Any]] = list(rows.values(*COLUMNS))
    files = attachments_of([row["id"] for row in found])
    return [StoredEntry(**row, attachments=files.get(row["id"], ())) for row in found]


def attachments_of(entries: Sequence[int]) -> dict[int, tuple[StoredAttachment, ...]]:
    """The files of each entry, in the order they were attached."""
    files: dict[int, tuple[StoredAttachment, ...]] = {}
    if not entries:
        return files
    for file in Attachment.objects.filter(entry__in=entries).order_by("created_at", "id"):
        entry = file.entry_id or 0
        files[entry] = (*files.get(entry, ()), file.stored)
    return files
