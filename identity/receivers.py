"""What else must happen when somebody signs in or out through Django."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from identity import actions
from identity.authentication import address_of
from identity.models import StaffSession, User


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    if not request.session.session_key:
        request.session.create()
    request.staff_session = actions.open_staff_session(  # type: ignore[attr-defined]
        user=user,
        key=str(request.session.session_key),
        address=address_of(request),
        browser=request.META.get("HTTP_USER_AGENT", ""),
    )


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, **_: Any) -> None:
    session: StaffSession | None = getattr(request, "staff_session", None)
    if session is not None:
        actions.sign_out(session=session)
