"""Who may see and write which conversation."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from chat.errors import NotVisible
from chat.models import Attachment, Channel, Conversation, Participant
from chat.rules.entries import PUBLIC, STAFF, Writer
from identity.access import Actor
from identity.models import Borrower, User


def conversations_visible_to(actor: Actor) -> QuerySet[Conversation]:
    """What the actor may read."""
    if isinstance(actor, Borrower):
        return Conversation.objects.filter(borrower=actor)
    if not isinstance(actor, User) or not actor.is_active:
        return Conversation.objects.none()
    if actor.is_supervisor:
        return Conversation.objects.exclude(channel=Channel.PROBE)
    takes_part, is_shared, serves = _parts_of_an_agent(actor)
    return Conversation.objects.filter(takes_part | is_shared | serves)


def sees_every_conversation(actor: Actor) -> bool:
    """Whether ``conversations_visible_to`` leaves out nothing but the probe's, so that a hit need not be asked."""
    return isinstance(actor, User) and actor.is_active and actor.is_supervisor


def few_visible_to(actor: Actor, most: int) -> list[UUID] | None:
    """The ids of what the actor may read, when they are not more than that many; None when they are, or may be.

    The parts of the same rule one after the other: each has an index, their disjunction has none.
    """
    if isinstance(actor, User) and (actor.is_supervisor or not actor.is_active):
        return None if actor.is_active else []
    parts = [Q(borrower=actor)] if isinstance(actor, Borrower) else _parts_of_an_agent(actor)
    first, *others = [Conversation.objects.filter(part).values_list("pk", flat=True) for part in parts]
    found = list(first.union(*others)[: most + 1] if others else first[: most + 1])
    return found if len(found) <= most else None


def conversations_writable_by(actor: Actor) -> QuerySet[Conversation]:
    """Where the actor may write, closed ones included: closing is a refusal, not invisibility.

    A shared letter is there to be read and taken; only whoever took it writes in it.
    """
    if isinstance(actor, Borrower) or not actor.is_active or actor.is_supervisor:
        return conversations_visible_to(actor)
    return Conversation.objects.filter(_takes_part(actor))


def conversation_for(actor: Actor, id: UUID | str) -> Conversation:  # noqa: A002
    """The conversation, if the actor may read it; otherwise there is none."""
    return _one(conversations_visible_to(actor), id)


def writable_conversation_for(actor: Actor, id: UUID | str) -> Conversation:  # noqa: A002
    return _one(conversations_writable_by(actor), id)


def may_write(actor: Actor, conversation: Conversation) -> bool:
    """Whether the actor's next message would be taken."""
    return conversation.closed_at is None and conversations_writable_by(actor).filter(pk=conversation.pk).exists()


def attachment_for(actor: Actor, id: UUID | str) -> Attachment:  # noqa: A002
    """The file, if the actor may read the entry that carries it; until it is posted, only who uploaded it may."""
    visible = Attachment.objects.filter(conversation__in=conversations_visible_to(actor))
    posted = Q(entry__isnull=False)
    if audience_of(actor) == PUBLIC:
        posted = Q(entry__public_seq__isnull=False)
    try:
        return visible.get(posted | Q(entry=None, author_id=actor.pk), pk=id)
    except (Attachment.DoesNotExist, ValidationError, ValueError):
        raise NotVisible from None


def audience_of(actor: Actor) -> str:
    """Which of the two sequences the actor reads."""
    return PUBLIC if isinstance(actor, Borrower) else STAFF


def writer_of(actor: Actor, *, epoch: int | None = None, session: UUID | None = None) -> Writer:
    if isinstance(actor, Borrower):
        return Writer("borrower", actor.pk, actor.full_name, None, session)
    return Writer("staff", actor.pk, actor.display_name, epoch, session)


def _parts_of_an_agent(user: User) -> list[Q]:
    return [_takes_part(user), Q(is_shared=True), _serves_the_borrower(user)]


def _takes_part(user: User) -> Q:
    return Q(Exists(Participant.objects.filter(conversation=OuterRef("pk"), user=user, until=None)))


def _serves_the_borrower(user: User) -> Q:
    """The History of a borrower with whom the agent has an open conversation, to read."""
    served = Participant.objects.filter(
        user=user, until=None, conversation__closed_at=None, conversation__borrower__isnull=False
    )
    return Q(borrower__in=served.values("conversation__borrower"))


def _one(conversations: QuerySet[Conversation], id: UUID | str) -> Conversation:  # noqa: A002
    try:
        return conversations.get(pk=id)
    except (Conversation.DoesNotExist, ValidationError, ValueError):
        raise NotVisible from None


class Heads(NamedTuple):
    """Where both sequences of a conversation stand, and whether the asker's next message would be taken."""

    seq: int
    public_seq: int
    may_write: bool

    def of(self, audience: str) -> int:
        return self.public_seq if audience == PUBLIC else self.seq


HEADS = """
with pair as (select * from unnest(%s::text[], %s::uuid[], %s::uuid[]) as p(kind, actor, conversation))
select pair.actor, pair.conversation, c.seq, c.public_seq,
       c.closed_at is null and (pair.kind = 'borrower' or u.role in ('supervisor', 'admin')
         or exists (select from chat_participant t where t.conversation_id = c.id and t.user_id = u.id
                    and t.until is null))
  from pair join chat_conversation c on c.id = pair.conversation
  left join identity_user u on pair.kind = 'staff' and u.id = pair.actor and u.deactivated_at is null
 where (pair.kind = 'borrower' and c.borrower_id = pair.actor)
    or (u.id is not null and ((u.role in ('supervisor', 'admin') and c.channel <> 'probe') or c.is_shared
        or exists (select from chat_participant t where t.conversation_id = c.id and t.user_id = u.id
                   and t.until is null)
        or (c.borrower_id is not null and exists (
            select from chat_participant t join chat_conversation o on o.id = t.conversation_id
             where t.user_id = u.id and t.until is null and o.closed_at is null and o.borrower_id = c.borrower_id))))
"""


def heads_visible(pairs: Iterable[tuple[str, UUID, UUID]]) -> dict[tuple[UUID, UUID], Heads]:
    """For (actor's kind, actor, conversation): the heads of those still visible, in one query.

    The same rule as ``conversations_visible_to``, for everybody at once; a test holds the two together.
    """
    columns = list(zip(*pairs, strict=True))
    if not columns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(HEADS, [list(column) for column in columns])
        return {(actor, conversation): Heads(*found) for actor, conversation, *found in cursor.fetchall()}
