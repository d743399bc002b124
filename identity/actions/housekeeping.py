"""What is of no use any more goes, in batches: each is a transaction of its own, so an interruption costs nothing.

How old a row is, the clock of Postgres says: a process whose clock is ahead must not let a spent token be good again.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from identity.models import BorrowerSession, SignInAttempt, SocketTicket, StaffSession, UsedToken

ATTEMPTS_KEPT = timedelta(days=30)
BATCH = 1000  # rows


def forget_expired(*, batch: int = BATCH) -> int:
    """Delete what nobody can use any more: spent tokens, old socket tickets, old tries at passwords."""
    rows = forget(UsedToken.objects.filter(expires_at__lt=Now()), batch=batch)
    rows += forget(SocketTicket.objects.filter(expires_at__lt=Now()), batch=batch)
    return rows + forget(SignInAttempt.objects.filter(at__lt=Now() - ATTEMPTS_KEPT), batch=batch)


def forget_old_sessions(*, batch: int = BATCH) -> int:
    """Delete sign-ins that ended or ran out long ago. Who signed in and when stays in the audit log."""
    long_ago = Now() - timedelta(days=settings.SESSIONS_KEPT_DAYS)
    ran_out = Q(created_at__lt=long_ago - timedelta(seconds=settings.SESSION_COOKIE_AGE))
    borrowers = BorrowerSession.objects.filter(Q(ended_at__lt=long_ago) | Q(expires_at__lt=long_ago))
    staff = StaffSession.objects.filter(Q(ended_at__lt=long_ago) | ran_out)
    rows = forget(borrowers, batch=batch) + forget(staff, batch=batch)
    return rows + forget(Session.objects.filter(expire_date__lt=Now()), batch=batch)


def forget(rows: "QuerySet[Any]", *, batch: int = BATCH) -> int:
    """Delete these rows, however many they are."""
    count = 0
    while ids := list(rows.values_list("pk", flat=True)[:batch]):
        rows.model.objects.filter(pk__in=ids).delete()
        count += len(ids)
    return count
