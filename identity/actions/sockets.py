"""Single-use passes from an HTTP session to one websocket, so that no address or log carries a lasting secret."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from identity.access import Actor
from identity.authentication import hash_of
from identity.errors import TicketRefused
from identity.models import SOCKET_TICKET_TIME, BorrowerSession, SocketTicket, StaffSession

# Once, whoever asks at the same moment; late or not by the clock of Postgres, which all processes share.
TAKE = """
delete from identity_socketticket where secret_hash = %s
returning borrower_session_id, staff_session_id, expires_at > statement_timestamp()
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


def redeem_socket_ticket(*, ticket: str) -> SocketIdentity:
    """Whom the ticket stands for; it is taken away, so the second to bring it is refused, and so is a late one."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [hash_of(ticket)])
        found = cursor.fetchone()
    borrower_session, staff_session, is_in_time = found or (None, None, False)
    identity = _identity_of(borrower_session, staff_session) if is_in_time else None
    if identity is None:
        raise TicketRefused
    return identity


def _identity_of(borrower_session: UUID | None, staff_session: UUID | None) -> SocketIdentity | None:
    """The live session behind a ticket; None when it has ended since."""
    if borrower_session:
        session = BorrowerSession.objects.live().select_related("borrower").filter(id=borrower_session).first()
        return SocketIdentity(actor=session.borrower, session_id=session.id, epoch=0) if session else None
    sign_in = StaffSession.objects.live().select_related("user").filter(id__in=[staff_session]).first()
    return SocketIdentity(actor=sign_in.user, session_id=sign_in.id, epoch=sign_in.epoch) if sign_in else None
