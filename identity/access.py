"""Who may see and change whom."""

from uuid import UUID

from django.db.models import F, QuerySet

from identity.errors import NotAllowed, NotFound
from identity.models import Borrower, BorrowerSession, Role, StaffSession, User

Actor = User | Borrower


def may_manage_staff(actor: Actor | None) -> bool:
    return isinstance(actor, User) and actor.is_active and actor.role == Role.ADMIN


def staff_managed_by(actor: Actor | None) -> QuerySet[User]:
    """Every staff member, for an administrator; nobody else manages staff."""
    if not may_manage_staff(actor):
        raise NotAllowed
    return User.objects.exclude(role=Role.PROBE).order_by(F("deactivated_at").asc(nulls_first=True), "full_name")


def staff_member_for(actor: Actor | None, user_id: UUID) -> User:
    user = staff_managed_by(actor).filter(id=user_id).first()
    if user is None:
        raise NotFound
    return user


def sessions_visible_to(actor: Actor | None) -> QuerySet[StaffSession]:
    """One's own open sign-ins; an administrator's view holds everybody's."""
    if not isinstance(actor, User):
        return StaffSession.objects.none()
    open_sessions = StaffSession.objects.filter(ended_at=None).select_related("user").order_by("-used_at")
    return open_sessions if may_manage_staff(actor) else open_sessions.filter(user=actor)


def session_for(actor: Actor | None, session_id: UUID) -> StaffSession:
    session = sessions_visible_to(actor).filter(id=session_id).first()
    if session is None:
        raise NotFound
    return session


def session_of(auth: object) -> BorrowerSession | StaffSession:
    """The session a request was proved by, whoever's it is."""
    if not isinstance(auth, BorrowerSession | StaffSession):
        raise NotAllowed
    return auth


def borrower_session_of(auth: object) -> BorrowerSession:
    """The borrower's session a request was proved by; staff have no business there."""
    if not isinstance(auth, BorrowerSession):
        raise NotAllowed
    return auth
