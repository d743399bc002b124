"""Single-use passes to one websocket, so that no address or log carries a lasting secret.

The first comes by HTTP; those to come back with come over the socket itself, which has been proved already.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from identity.access import Actor
from identity.authentication import hash_of
from identity.errors import TicketRefused
from identity.models import SOCKET_TICKET_TIME, BorrowerSession, SocketTicket, StaffSession
from identity.rules.passes import Pass, make_return_ticket, read_return_ticket

# Once, whoever asks at the same moment; late or not by the clock of Postgres, which all processes share.
TAKE = """
delete from identity_socketticket where secret_hash = any(%s)
returning secret_hash, borrower_session_id, staff_session_id, expires_at > statement_timestamp()
"""
SPEND = """
insert into identity_usedtoken (jti, expires_at)
select jti, to_timestamp(expires) from unnest(%s::text[], %s::bigint[]) as brought(jti, expires)
 where to_timestamp(expires) > statement_timestamp()
on conflict do nothing returning jti
"""


@dataclass(frozen=True)
class SocketIdentity:
    """Who a socket speaks for; ``epoch`` is the staff member's rights at that moment, 0 for a borrower."""

    actor: Actor
    session_id: UUID
    epoch: int


@transaction.atomic
def issue_socket_ticket(*, session: BorrowerSession | StaffSession) -> str:
    secret = secrets.token_urlsafe(32)
    SocketTicket.objects.create(
        secret_hash=hash_of(secret),
        borrower_session=session if isinstance(session, BorrowerSession) else None,
        staff_session=session if isinstance(session, StaffSession) else None,
        expires_at=Now() + timedelta(seconds=SOCKET_TICKET_TIME),
    )
    return secret


def return_ticket(*, kind: str, session_id: UUID, now: float) -> str:
    """A ticket with which this socket's client may come back once, ``RETURN_TIME`` from ``now``, a time of Postgres."""
    return make_return_ticket(key=_key(settings.SECRET_KEY), kind=kind, session=session_id, now=now)


def redeem_socket_ticket(*, ticket: str) -> SocketIdentity:
    """Whom the ticket stands for; raises ``TicketRefused`` for a spent, late or forged one, or of an ended session."""
    identity = redeem_socket_tickets(tickets=[ticket])[0]
    if identity is None:
        raise TicketRefused
    return identity


def redeem_socket_tickets(*, tickets: Sequence[str]) -> list[SocketIdentity | None]:
    """Whom each of them stands for, or None. They are taken away, so the second to bring one is refused."""
    key = _key(settings.SECRET_KEY)
    passes = {each: told for each in tickets if (told := read_return_ticket(each, key=key))}
    taken = _taken({each for each in tickets if each not in passes}) | _spent(passes)
    known = _identities_of([session for _, session in taken.values()])
    brought = (taken.pop(each, None) for each in tickets)  # popped: the same ticket twice is good once
    return [known.get(each[1]) if each else None for each in brought]


def _taken(tickets: set[str]) -> dict[str, tuple[str, UUID]]:
    """Kind and session of the tickets fetched by HTTP that are good."""
    if not tickets:
        return {}
    by_hash = {hash_of(ticket): ticket for ticket in tickets}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [list(by_hash)])
        rows = [row for row in cursor.fetchall() if row[3]]
    return {by_hash[secret]: ("borrower", own) if own else ("staff", staff) for secret, own, staff, _ in rows}


def _spent(passes: dict[str, Pass]) -> dict[str, tuple[str, UUID]]:
    """Kind and session of the return tickets that are good."""
    if not passes:
        return {}
    names = {f"return:{each.nonce}": (ticket, (each.kind, each.session)) for ticket, each in passes.items()}
    with connection.cursor() as cursor:
        cursor.execute(SPEND, [list(names), [each.expires for each in passes.values()]])
        return dict(names[name] for (name,) in cursor.fetchall())


def _identities_of(sessions: Sequence[UUID]) -> dict[UUID, SocketIdentity]:
    """The live sessions among these, and whose they are."""
    if not sessions:
        return {}
    found = {
        each.id: SocketIdentity(actor=each.borrower, session_id=each.id, epoch=0)
        for each in BorrowerSession.objects.live().select_related("borrower").filter(id__in=sessions)
    }
    rest = [session for session in sessions if session not in found]
    sign_ins = StaffSession.objects.live().select_related("user").filter(id__in=rest) if rest else ()
    return found | {each.id: SocketIdentity(actor=each.user, session_id=each.id, epoch=each.epoch) for each in sign_ins}


def _key(secret: str) -> bytes:
    return hashlib.sha256(f"return tickets {secret}".encode()).digest()
