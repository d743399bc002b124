"""Who makes this request: a borrower by session secret, a staff member by cookie; and which tokens are believed."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from identity.errors import SessionEnded
from identity.models import Borrower, BorrowerSession, StaffSession, User
from identity.rules.tokens import TokenRules

GetResponse = Callable[[HttpRequest], HttpResponse]


def hash_of(secret: str) -> str:
    """What is stored of a secret with at least 128 random bits; such a secret needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def address_of(request: HttpRequest) -> str | None:
    """The address the request came from."""
    return address_seen(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def address_seen(peer: str, forwarded: str) -> str | None:
    """The peer's address; behind our own proxy the one it added last, never what the client claims."""
    address = peer
    if settings.SECURE_PROXY_SSL_HEADER:
        address = forwarded.rpartition(",")[2].strip() or address
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def token_rules() -> TokenRules:
    """Which tokens this desk believes, by its settings."""
    return _token_rules(
        settings.TOKEN_ALGORITHM, tuple(settings.TOKEN_KEYS), settings.TOKEN_ISSUER, settings.TOKEN_AUDIENCE
    )


@lru_cache(maxsize=8)
def _token_rules(algorithm: str, keys: tuple[str, ...], issuer: str, audience: str) -> TokenRules:
    named = dict(cast(tuple[str, str], tuple(entry.split("=", 1))) for entry in keys)
    if algorithm != "HS256":
        named = {kid: Path(path).read_text() for kid, path in named.items()}
    return TokenRules(algorithm=algorithm, keys=named, issuer=issuer, audience=audience)


class BorrowerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <session secret>``; ``request.user`` is a Borrower, ``request.auth`` the session."""

    def authenticate(self, request: Request) -> tuple[Borrower, BorrowerSession] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        session = BorrowerSession.objects.live().select_related("borrower").filter(secret_hash=hash_of(secret)).first()
        if session is None:
            raise SessionEnded
        session.touch()
        translation.activate(session.borrower.language)
        return session.borrower, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class StaffAuthentication(SessionAuthentication):
    """The staff session cookie with a CSRF token; ``request.user`` is a User, ``request.auth`` the StaffSession."""

    def authenticate(self, request: Request) -> tuple[User, StaffSession] | None:
        user = request._request.user
        session = getattr(request._request, "staff_session", None)
        if not isinstance(user, User) or session is None:
            return None
        self.enforce_csrf(request)
        return user, session


def staff_session(get_response: GetResponse) -> GetResponse:
    """Middleware: a signed-in staff member's ``request.staff_session``; a dead sign-in makes the request anonymous."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.staff_session = _staff_session_of(request)  # type: ignore[attr-defined]
        if request.user.is_authenticated and request.staff_session is None:  # type: ignore[attr-defined]
            logout(request)
        return get_response(request)

    return middleware


def _staff_session_of(request: Any) -> StaffSession | None:
    if not request.user.is_authenticated:
        return None
    session = StaffSession.objects.live().filter(key=request.session.session_key, user=request.user).first()
    if session is not None:
        session.touch()
    return session
