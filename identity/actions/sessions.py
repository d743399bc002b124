"""Sign-ins of staff, and the end of anybody's session."""

from collections.abc import Collection
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from identity.actions.audit import record_audit
from identity.errors import NotAllowed
from identity.models import BorrowerSession, Role, StaffSession, User
from identity.signals import access_ended


@transaction.atomic
def open_staff_session(*, user: User, key: str, address: str | None = None, browser: str = "") -> StaffSession:
    """The line of the session list for a sign-in; ``key`` is Django's session key."""
    session, _ = StaffSession.objects.update_or_create(
        key=key,
        defaults={
            "user": user,
            "epoch": user.auth_epoch,
            "address": address,
            "browser": browser[:200],
            "used_at": Now(),
            "ended_at": None,
        },
    )
    session.refresh_from_db(fields=["used_at"])
    record_audit(code="staff.signed_in", actor=user, object_kind="session", object_id=session.id, address=address)
    return session


@transaction.atomic
def open_probe_session(*, user: User) -> StaffSession:
    """A sign-in without a password, for the desk's own probe and nobody else."""
    if user.role != Role.PROBE:
        raise NotAllowed
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return open_staff_session(user=user, key=store.session_key, browser="probe")


@transaction.atomic
def renew_key(*, session: StaffSession, key: str) -> None:
    """Django gave the sign-in a new key, as it does after a change of password."""
    session.key = key
    session.save(update_fields=["key"])


@transaction.atomic
def sign_out(*, session: StaffSession) -> None:
    """The staff member leaves; sockets of this sign-in close."""
    _end(StaffSession.objects.filter(id=session.id, ended_at=None))
    record_audit(code="staff.signed_out", actor=session.user, object_kind="session", object_id=session.id)


@transaction.atomic
def end_session(*, session: StaffSession, by: User) -> None:
    """A sign-in is ended from the session list, by its owner or by an administrator."""
    _end(StaffSession.objects.filter(id=session.id, ended_at=None))
    record_audit(
        code="staff.session_ended", actor=by, object_kind="session", object_id=session.id, user=str(session.user_id)
    )


@transaction.atomic
def end_sessions_of(*, user: User, but: StaffSession | None = None) -> list[UUID]:
    """Every sign-in of this person ends, but for the one given."""
    sessions = StaffSession.objects.filter(user=user, ended_at=None)
    return _end(sessions.exclude(id=but.id) if but else sessions)


def _end(sessions: "QuerySet[StaffSession]") -> list[UUID]:
    """End these sign-ins: here, in Django's own sessions, and (by the signal) at the sockets."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in sessions.values_list("key", flat=True):
        store(key).delete()
    return mark_ended(sessions)


def mark_ended(sessions: "QuerySet[StaffSession] | QuerySet[BorrowerSession]") -> list[UUID]:
    """Note the end and tell the apps above which sessions may do nothing more."""
    ids = list(sessions.select_for_update().values_list("id", flat=True))
    if ids:
        sessions.model.objects.filter(id__in=ids).update(ended_at=timezone.now())
        access_ended.send(sender=sessions.model, session_ids=ids)
    return ids


@transaction.atomic
def touch_sessions(*, session_ids: Collection[UUID]) -> None:
    """Note that these sessions are in use: people who only talk through the socket are not idle."""
    BorrowerSession.objects.live().filter(id__in=session_ids).update(used_at=Now())
    StaffSession.objects.filter(id__in=session_ids, ended_at=None).update(used_at=Now())
