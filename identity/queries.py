"""Reads of identity across tables."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from identity.models import AuditEntry, BorrowerSession, Role, SignInAttempt, StaffSession, User
from identity.rules import locks


def live_sessions(session_ids: Collection[UUID]) -> set[UUID]:
    """Which of these sessions (of borrowers and of staff) are still valid; the socket server asks each second."""
    if not session_ids:
        return set()
    staff = StaffSession.objects.live().filter(id__in=session_ids).values_list("id", flat=True)
    borrowers = BorrowerSession.objects.live().filter(id__in=session_ids).values_list("id", flat=True)
    return {*staff, *borrowers}


def recent_failures(*, email: str, address: str | None, now: datetime) -> list[datetime]:
    """When passwords failed for this account at this address since the last success, within memory."""
    tries = SignInAttempt.objects.filter(email=email, address=address, at__gt=now - locks.MEMORY)
    success = tries.filter(succeeded=True).order_by("-at").values_list("at", flat=True).first()
    failures = tries.filter(succeeded=False)
    if success:
        failures = failures.filter(at__gt=success)
    return list(failures.order_by("at").values_list("at", flat=True))


def active_administrators() -> QuerySet[User]:
    return User.objects.filter(role=Role.ADMIN, deactivated_at=None)


def refused_tokens(*, address: str, since: datetime) -> int:
    """How many tokens from this address were not believed since then."""
    return AuditEntry.objects.filter(code="token.refused", address=address, at__gt=since).count()


def has_left(*, customer_id: str, site_session: str) -> bool:
    """Whether this sign-in at the lender's site was ended: another tab may still get a token of it for a moment."""
    own = BorrowerSession.objects.filter(borrower__customer_id=customer_id, site_session=site_session)
    return own.filter(ended_at__isnull=False).exists()
