"""Staff members: added, changed, deactivated. Whoever loses rights loses every session with them."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.actions.audit import record_audit
from identity.actions.sessions import end_sessions_of
from identity.errors import Conflict, SignInRefused, WeakPassword
from identity.models import Role, StaffSession, User
from identity.queries import active_administrators
from identity.rules.names import clean_name


@transaction.atomic
def create_staff(
    *, email: str, full_name: str, display_name: str, role: str, password: str, by: User | None = None
) -> User:
    """A new staff member; ``by`` is the administrator, or None from the command line."""
    user = User(
        email=email.strip().lower(),
        full_name=clean_name(full_name),
        display_name=clean_name(display_name),
        role=Role(role),
    )
    _set_password(user, password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Conflict("email_taken", _("There is already a staff member with this e-mail.")) from None
    record_audit(code="staff.created", actor=by, object_kind="user", object_id=user.id, role=user.role)
    return user


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> User:
    """The person may no longer sign in; every session and socket of theirs ends."""
    user = _locked(user)
    if not user.is_active:
        return user
    _keep_an_administrator(user, by)
    user.deactivated_at = timezone.now()
    _shrink_rights(user, "deactivated_at")
    record_audit(code="staff.deactivated", actor=by, object_kind="user", object_id=user.id)
    return user


@transaction.atomic
def activate(*, user: User, by: User | None) -> User:
    user = _locked(user)
    user.deactivated_at = None
    user.save(update_fields=["deactivated_at"])
    record_audit(code="staff.activated", actor=by, object_kind="user", object_id=user.id)
    return user


@transaction.atomic
def change_role(*, user: User, role: str, by: User | None) -> User:
    """The person signs in anew with other rights: a session never outlives the rights it was given."""
    user = _locked(user)
    before, after = user.role, Role(role)
    if before == after:
        return user
    if before == Role.ADMIN:
        _keep_an_administrator(user, by)
    user.role = after
    _shrink_rights(user, "role")
    record_audit(
        code="staff.role_changed", actor=by, object_kind="user", object_id=user.id, before=before, after=str(after)
    )
    return user


@transaction.atomic
def change_password(*, user: User, old: str, new: str, session: StaffSession) -> User:
    """The person's own change; every other sign-in of theirs ends, this one goes on."""
    user = _locked(user)
    if not user.check_password(old):
        raise SignInRefused(left=0, lock_time=0)
    _set_password(user, new)
    _shrink_rights(user, "password", but=session)
    record_audit(code="staff.password_changed", actor=user, object_kind="user", object_id=user.id)
    return user


@transaction.atomic
def set_password(*, user: User, new: str, by: User | None) -> User:
    """An administrator helps somebody who forgot; all sign-ins of that person end."""
    user = _locked(user)
    _set_password(user, new)
    _shrink_rights(user, "password")
    record_audit(code="staff.password_set", actor=by, object_kind="user", object_id=user.id)
    return user


@transaction.atomic
def change_profile(*, user: User, **fields: Any) -> User:
    """What a person sets for themselves: ``display_name``, ``language``, ``theme``, ``sound_on``."""
    own = {name: fields[name] for name in ("display_name", "language", "theme", "sound_on") if name in fields}
    for name, value in own.items():
        setattr(user, name, value)
    user.save(update_fields=list(own))
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update().get(id=user.id)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise WeakPassword(problem.messages) from None
    user.set_password(password)


def _shrink_rights(user: User, *changed: str, but: StaffSession | None = None) -> None:
    """Save the change with a grown epoch: sessions of the old one are dead, but for the one given."""
    user.auth_epoch += 1
    user.save(update_fields=[*changed, "auth_epoch"])
    if but:
        StaffSession.objects.filter(id=but.id).update(epoch=user.auth_epoch)
    end_sessions_of(user=user, but=but)


def _keep_an_administrator(user: User, by: User | None) -> None:
    if by and by.id == user.id:
        raise Conflict("own_account", _("You cannot take your own rights away. Ask another administrator."))
    others = active_administrators().select_for_update().exclude(id=user.id)
    if user.role == Role.ADMIN and not others:
        raise Conflict("last_administrator", _("This is the last administrator. Appoint another one first."))
