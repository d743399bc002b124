"""Borrowers come with the lender's signed token and leave when the site says so."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from identity.actions.audit import record_audit
from identity.actions.sessions import mark_ended
from identity.authentication import hash_of, token_rules
from identity.errors import TokenRefused, TooManyTokens
from identity.models import BORROWER_SESSION_TIME, Borrower, BorrowerSession, UsedToken
from identity.queries import has_left, refused_tokens
from identity.rules.profiles import profile_of
from identity.rules.tokens import LEEWAY, InvalidToken, read_token

REFUSALS_LIMIT = 60  # refused tokens from one address in
REFUSALS_TIME = timedelta(minutes=1)  # after which the address waits; a whole office or mobile network may share one


def exchange_token(*, token: str, address: str | None = None) -> tuple[BorrowerSession, str]:
    """A session and its secret for a token that may be believed; each token is good once.

    A refusal is written to the audit log with its reason, while the caller learns only that it was refused. Whoever
    keeps trying is not even heard for a while, so that the log cannot be flooded.
    """
    if address and refused_tokens(address=address, since=timezone.now() - REFUSALS_TIME) >= REFUSALS_LIMIT:
        raise TooManyTokens
    try:
        return _exchange(token, address)
    except InvalidToken as refusal:
        record_audit(code="token.refused", address=address, reason=refusal.code, kid=_kid_of(token))
        raise TokenRefused(refusal.code) from None


@transaction.atomic
def _exchange(token: str, address: str | None) -> tuple[BorrowerSession, str]:
    claims = read_token(token, rules=token_rules(), now=timezone.now())
    spend_token(jti=claims["jti"], expires_at=datetime.fromtimestamp(claims["exp"], UTC))
    sid = str(claims.get("sid", ""))
    if sid and has_left(customer_id=claims["sub"], site_session=hash_of(sid)):
        raise InvalidToken("signed_out")
    borrower = refresh_borrower(claims=claims)
    session, secret = open_borrower_session(borrower=borrower, site_session=sid)
    record_audit(
        code="borrower.signed_in", actor=borrower, object_kind="session", object_id=session.id, address=address
    )
    return session, secret


def spend_token(*, jti: str, expires_at: datetime) -> None:
    """Note that the token was used; the primary key settles the race of two exchanges."""
    try:
        with transaction.atomic():
            UsedToken.objects.create(jti=jti, expires_at=expires_at + timedelta(seconds=2 * LEEWAY))
    except IntegrityError:
        raise InvalidToken("replayed") from None


@transaction.atomic
def refresh_borrower(*, claims: Mapping[str, Any]) -> Borrower:
    """The borrower of these claims (``sub`` and what else is known), made or brought up to date.

    The lender's customer id is the only key: an e-mail address or phone in the claims never leads to another person.
    What the claims do not mention stays as it was.
    """
    known = profile_of(claims)
    borrower, _ = Borrower.objects.update_or_create(
        customer_id=claims["sub"], defaults={**known, "refreshed_at": timezone.now()}
    )
    return borrower


@transaction.atomic
def open_borrower_session(*, borrower: Borrower, site_session: str = "") -> tuple[BorrowerSession, str]:
    """A session and its secret (256 random bits, of which only a hash is kept)."""
    secret = secrets.token_urlsafe(32)
    session = BorrowerSession.objects.create(
        borrower=borrower,
        secret_hash=hash_of(secret),
        site_session=hash_of(site_session) if site_session else "",
        expires_at=Now() + timedelta(seconds=BORROWER_SESSION_TIME),
    )
    session.refresh_from_db(fields=["expires_at"])
    return session, secret


@transaction.atomic
def end_borrower_session(*, session: BorrowerSession) -> None:
    """The borrower left the lender's site: the chat ends in every tab of that sign-in.

    Tokens with ``sid`` name the sign-in, so that another device stays; without it every session of the person ends.
    """
    sign_in = Q(site_session=session.site_session) if session.site_session else Q()
    together = BorrowerSession.objects.filter(sign_in, borrower_id=session.borrower_id, ended_at=None)
    ended = mark_ended(together)
    record_audit(
        code="borrower.signed_out",
        actor=session.borrower,
        object_kind="session",
        object_id=session.id,
        sessions=len(ended),
    )


def _kid_of(token: str) -> str:
    """The key the refused token named, for whoever looks for the mistake; empty when it cannot be read."""
    try:
        kid = str(jwt.get_unverified_header(token[:8192]).get("kid", ""))
        return "".join(letter for letter in kid if letter.isprintable())[:64]
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return ""
