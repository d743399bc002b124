"""OAuth2 with Google and Microsoft 365: leave to enter a mailbox, asked for once by a person, renewed by the desk."""

import base64
import hashlib
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from tickets.mailboxes.credentials import credentials_of
from tickets.mailboxes.errors import MailboxUnusable, SignInRefused, Unreachable
from tickets.models import Mailbox

TIMEOUT = 8.0  # seconds
FRESH_SHARE = 0.8  # of its life a token is used; then it is renewed
FOREVER = 3600  # seconds a token lives whose provider does not say


@dataclass(frozen=True)
class Provider:
    """Where one asks, and for what; ``whole`` is the scope of an application that acts for itself."""

    authorize: str
    token: str
    scope: str
    whole: str = ""
    extra: tuple[tuple[str, str], ...] = ()


MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
OUTLOOK = "https://outlook.office365.com"
PROVIDERS = {
    Mailbox.Auth.GOOGLE: Provider(
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",
        scope="https://mail.google.com/",
        extra=(("access_type", "offline"), ("prompt", "consent")),
    ),
    Mailbox.Auth.M365: Provider(
        authorize=f"{MICROSOFT}/authorize",
        token=f"{MICROSOFT}/token",
        scope=f"{OUTLOOK}/IMAP.AccessAsUser.All {OUTLOOK}/SMTP.Send offline_access",
        whole=f"{OUTLOOK}/.default",
        extra=(("prompt", "select_account"),),
    ),
}


def authorize_address(mailbox: Mailbox, *, redirect: str, state: str, verifier: str) -> str:
    """Where the administrator's browser goes to give leave. PKCE: only who knows ``verifier`` can use the answer."""
    provider, kept = _provider(mailbox), credentials_of(mailbox)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": kept.get("client_id", ""),
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": provider.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": mailbox.username,
    }
    return f"{_filled(provider.authorize, kept)}?{urlencode(asked | dict(provider.extra))}"


def exchange_code(mailbox: Mailbox, *, code: str, redirect: str, verifier: str) -> dict[str, Any]:
    """The first tokens, for the code that came back with the browser."""
    asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
    return _ask(mailbox, asked | {"scope": _provider(mailbox).scope})


def renew(mailbox: Mailbox) -> dict[str, Any]:
    """A fresh token: by the refresh token, or, for an application of its own right, by its secret."""
    provider, kept = _provider(mailbox), credentials_of(mailbox)
    if kept.get("is_application"):
        return _ask(mailbox, {"grant_type": "client_credentials", "scope": provider.whole})
    if not kept.get("refresh_token"):
        raise SignInRefused("the mailbox is not connected to its provider yet")
    asked = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"], "scope": provider.scope}
    return _ask(mailbox, asked)


def is_fresh(kept: dict[str, Any]) -> bool:
    """Whether the token has not lived four fifths of its life."""
    if not kept.get("access_token"):
        return False
    return time.time() < kept["issued_at"] + FRESH_SHARE * (kept["expires_at"] - kept["issued_at"])


def _ask(mailbox: Mailbox, asked: dict[str, str]) -> dict[str, Any]:
    kept = credentials_of(mailbox)
    who = {"client_id": str(kept.get("client_id", ""))}
    if kept.get("client_secret"):
        who["client_secret"] = str(kept["client_secret"])
    address = _filled(_provider(mailbox).token, kept)
    try:
        answer = httpx.post(address, data=asked | who, timeout=TIMEOUT)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"{httpx.URL(address).host}: {type(error).__name__}") from None
    if answer.status_code >= 500 or not isinstance(said, dict):
        raise Unreachable(f"{httpx.URL(address).host}: {answer.status_code}")
    if answer.status_code != 200 or "access_token" not in said:
        raise SignInRefused(f"{str(said.get('error', answer.status_code))[:60]}: the provider gave no token")
    return _tokens(said)


def _tokens(said: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an answer; a provider that repeats no refresh token means the old one to go on."""
    now = time.time()
    found = {"access_token": said["access_token"], "issued_at": now}
    found["expires_at"] = now + float(said.get("expires_in") or FOREVER)
    return found | ({"refresh_token": said["refresh_token"]} if said.get("refresh_token") else {})


def _provider(mailbox: Mailbox) -> Provider:
    try:
        return PROVIDERS[Mailbox.Auth(mailbox.auth)]
    except KeyError:
        raise MailboxUnusable("this mailbox signs in with a password") from None


def _filled(address: str, kept: dict[str, Any]) -> str:
    return address.replace("{tenant}", str(kept.get("tenant") or "organizations"))
