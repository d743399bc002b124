"""How far readers have seen: marks that only grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from chat.access import audience_of
from chat.events import group_of, seen_frame
from chat.models import Conversation
from chat.rules.entries import PUBLIC, STAFF
from identity.access import Actor
from supportdesk.realtime import Event, frame, publish_all_on_commit


@dataclass(frozen=True, slots=True)
class Seen:
    """A reader saw everything up to ``seq`` (the borrower's is the public sequence)."""

    conversation: UUID
    reader_kind: str
    reader: UUID
    seq: int


MARK = """
with mark as (
  select conversation, kind, reader, max(seq) as seq
    from unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bigint[]) as m(conversation, kind, reader, seq)
   group by 1, 2, 3
), moved as (
  insert into chat_seenmark (conversation_id, reader_kind, reader_id, seq, at)
  select c.id, m.kind, m.reader, least(m.seq, case m.kind when 'borrower' then c.public_seq else c.seq end), now()
    from mark m join chat_conversation c on c.id = m.conversation where m.seq > 0 order by c.id, m.reader
  on conflict (conversation_id, reader_id) do update set seq = excluded.seq, at = excluded.at
   where chat_seenmark.seq < excluded.seq
  returning conversation_id, reader_kind, reader_id, seq
)
select m.conversation_id, m.reader_kind, m.reader_id, m.seq,
       case m.reader_kind
         when 'borrower' then (select e.seq from chat_entry e
            where e.conversation_id = m.conversation_id and e.public_seq = m.seq)
         else (select max(e.public_seq) from chat_entry e
            where e.conversation_id = m.conversation_id and e.seq <= m.seq and exists (
              select from chat_participant t where t.conversation_id = m.conversation_id
                 and t.user_id = m.reader_id and t.until is null))
       end
  from moved m
"""


def mark_seen(*, conversation: Conversation, reader: Actor, seq: int) -> None:
    """Move one reader's mark; a smaller number changes nothing."""
    kind = "borrower" if audience_of(reader) == PUBLIC else "staff"
    mark_seen_many([Seen(conversation.pk, kind, reader.pk, seq)])


@transaction.atomic
def mark_seen_many(marks: Sequence[Seen]) -> None:
    """Move many marks in one statement and tell the others.

    The borrower learns only how far those who serve them have seen; a supervisor who looks on leaves no trace.
    """
    with connection.cursor() as cursor:
        columns = zip(*[(mark.conversation, mark.reader_kind, mark.reader, mark.seq) for mark in marks], strict=True)
        cursor.execute(MARK, [list(column) for column in columns])
        moved = cursor.fetchall()
    publish_all_on_commit([event for row in moved for event in _moved_events(*row)])


def _moved_events(conversation: UUID, kind: str, reader: UUID, seq: int, other_seq: int | None) -> list[Event]:
    if kind == "borrower":
        own, staff = seq, other_seq
        events = [frame(group_of(conversation, PUBLIC), seen_frame(conversation, "borrower", own))]
        return events + _staff_event(conversation, "borrower", staff)
    events = _staff_event(conversation, str(reader), seq)
    if other_seq is not None:
        events.append(frame(group_of(conversation, PUBLIC), seen_frame(conversation, "staff", other_seq)))
    return events


def _staff_event(conversation: UUID, reader: str, seq: int | None) -> list[Event]:
    return [] if seq is None else [frame(group_of(conversation, STAFF), seen_frame(conversation, reader, seq))]
