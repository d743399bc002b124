"""Single-use passes from an HTTP session to one websocket, so that no address or log carries a lasting secret."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from identity.access import Actor
from identity.authentication import hash_of
from identity.errors import TicketRefused
from identity.models import SOCKET_TICKET_TIME, BorrowerSession, SocketTicket, StaffSession


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
    row = _take(ticket)
    identity = _identity_of(row) if row else None
    if identity is None:
        raise TicketRefused
    return identity


@transaction.atomic
def _take(ticket: str) -> SocketTicket | None:
    """The row, once; None when it is unknown or late by the clock of Postgres, which all processes share."""
    waiting = SocketTicket.objects.select_for_update().filter(secret_hash=hash_of(ticket))
    row = waiting.filter(expires_at__gt=Now()).first()
    waiting.delete()
    return row


def _identity_of(row: SocketTicket) -> SocketIdentity | None:
    """The live session behind a ticket; None when it has ended since."""
    if row.borrower_session_id:
        session = BorrowerSession.objects.live().select_related("borrower").filter(id=row.borrower_session_id).first()
        return SocketIdentity(actor=session.borrower, session_id=session.id, epoch=0) if session else None
    sign_in = StaffSession.objects.live().select_related("user").filter(id__in=[row.staff_session_id]).first()
    return SocketIdentity(actor=sign_in.user, session_id=sign_in.id, epoch=sign_in.epoch) if sign_in else None
