"""What is of no use any more goes, in batches: each is a transaction of its own, so an interruption costs nothing."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils import timezone

from identity.models import BorrowerSession, SignInAttempt, SocketTicket, StaffSession, UsedToken

ATTEMPTS_KEPT = timedelta(days=30)
BATCH = 1000  # rows


def forget_expired(*, batch: int = BATCH) -> int:
    """Delete what nobody can use any more: spent tokens, old socket tickets, old tries at passwords."""
    now = timezone.now()
    rows = _forget(UsedToken.objects.filter(expires_at__lt=now), batch)
    rows += _forget(SocketTicket.objects.filter(expires_at__lt=now), batch)
    return rows + _forget(SignInAttempt.objects.filter(at__lt=now - ATTEMPTS_KEPT), batch)


def forget_old_sessions(*, batch: int = BATCH) -> int:
    """Delete sign-ins that ended or ran out long ago. Who signed in and when stays in the audit log."""
    now = timezone.now()
    long_ago = now - timedelta(days=settings.SESSIONS_KEPT_DAYS)
    rows = _forget(BorrowerSession.objects.filter(Q(ended_at__lt=long_ago) | Q(expires_at__lt=long_ago)), batch)
    rows += _forget(StaffSession.objects.filter(Q(ended_at__lt=long_ago) | _ran_out(long_ago)), batch)
    return rows + _forget(Session.objects.filter(expire_date__lt=now), batch)


def _ran_out(long_ago: Any) -> Q:
    return Q(created_at__lt=long_ago - timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _forget(rows: "QuerySet[Any]", batch: int) -> int:
    count = 0
    while ids := list(rows.values_list("pk", flat=True)[:batch]):
        rows.model.objects.filter(pk__in=ids).delete()
        count += len(ids)
    return count
