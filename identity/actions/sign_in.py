"""A password is tried; wrong ones close sign-in for a while, for this account at this address only."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.utils import timezone

from identity.actions.audit import record_audit
from identity.errors import LockedOut, SignInRefused
from identity.models import SignInAttempt, User
from identity.queries import recent_failures
from identity.rules import locks


def sign_in(*, email: str, password: str, address: str | None = None) -> User:
    """The staff member of this e-mail and password. Raises ``SignInRefused`` or ``LockedOut``.

    An unknown e-mail takes the same time, gets the same answer and the same lock-out as a wrong password.
    """
    outcome = _try(email.strip().lower()[:254], password, address)
    if isinstance(outcome, User):
        return outcome
    raise outcome


@transaction.atomic
def _try(email: str, password: str, address: str | None) -> User | SignInRefused | LockedOut:
    """One try, counted whatever comes of it; tries at one account from one address wait for each other."""
    _queue_up(f"{email} {address}")
    now = timezone.now()
    failures = recent_failures(email=email, address=address, now=now)
    until = locks.closed_until(failures, now)
    if until:
        return LockedOut(until=until)
    user = authenticate(email=email, password=password)
    SignInAttempt.objects.create(email=email, address=address, at=now, succeeded=user is not None)
    if isinstance(user, User):
        return user
    return _refuse(email, address, [*failures, now], now)


def _refuse(email: str, address: str | None, failures: list[datetime], now: datetime) -> SignInRefused | LockedOut:
    record_audit(code="staff.sign_in_failed", address=address, email_hash=_digest(email))
    until = locks.closed_until(failures, now)
    if until:
        record_audit(code="staff.locked_out", address=address, email_hash=_digest(email), until=until.isoformat())
        return LockedOut(until=until)
    return SignInRefused(left=locks.tries_left(len(failures)), lock_time=locks.WAITS[0])


def _queue_up(key: str) -> None:
    """Take the account-and-address lock until the transaction ends, so that parallel guesses are counted in turn."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number])


def _digest(email: str) -> str:
    """The same for the same e-mail, useless without the desk's secret; people type passwords into the e-mail field."""
    return hmac.new(settings.SECRET_KEY.encode(), email.encode(), hashlib.sha256).hexdigest()[:16]
