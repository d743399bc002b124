"""What must hold before the desk may start; each finding has an id and says what to do.

``manage.py check --deploy`` and the desk's own start run them. Outside the demo an unsafe value is an error.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

KEPT = ("VAULT_KEYS", "LETTER_KEYS")
MINIMUM_SECRET = 32
ALGORITHMS = {"EdDSA", "RS256", "HS256"}


@register()
def secrets_are_set(**_: Any) -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < MINIMUM_SECRET:
        yield Error(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters; it needs at least {MINIMUM_SECRET}.",
            hint="Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="supportdesk.E001",
        )
    if settings.DEBUG and not settings.DEMO and not _is_local(settings.PUBLIC_URL):
        yield Error(
            "DEBUG is on while PUBLIC_URL is not this machine.",
            hint="Debug pages show settings and data to anybody: unset DEBUG.",
            id="supportdesk.E002",
        )


@register()
def log_lines_have_a_known_form(**_: Any) -> Iterator[CheckMessage]:
    if settings.LOG_FORMAT not in {"json", "words"}:
        yield Error(
            f"LOG_FORMAT is {settings.LOG_FORMAT!r}.",
            hint="Log lines are json, for machines that collect them, or words, for a person at a terminal.",
            id="supportdesk.E007",
        )


@register()
def addresses_are_origins(**_: Any) -> Iterator[CheckMessage]:
    if not _is_origin(settings.PUBLIC_URL):
        yield Error(
            f"PUBLIC_URL is {settings.PUBLIC_URL!r}, which is not an origin.",
            hint="Give scheme, host and port only, as in https://desk.example.ru (no slash at the end).",
            id="supportdesk.E003",
        )
    for origin in settings.LENDER_ORIGINS:
        if not _is_origin(origin):
            yield Error(
                f"LENDER_ORIGINS names {origin!r}, which is not an origin.",
                hint="Separate origins by commas, each with scheme, host and port only: https://lender.example.ru",
                id="supportdesk.E004",
            )
    if not settings.LENDER_ORIGINS:
        yield checks.Warning(
            "LENDER_ORIGINS is empty: no site may show the chat.",
            hint="Set it to the origin of the lender's site, as in https://lender.example.ru",
            id="supportdesk.W001",
        )
    if not settings.PUBLIC_URL.startswith("https:") and not _is_local(settings.PUBLIC_URL):
        yield checks.Warning(
            "PUBLIC_URL does not begin with https: passwords and messages travel readable.",
            hint="Put a proxy with TLS in front, set PUBLIC_URL to its https address and BEHIND_PROXY=yes.",
            id="supportdesk.W002",
        )


@register()
def the_lenders_keys_are_readable(**_: Any) -> Iterator[CheckMessage]:
    if settings.TOKEN_ALGORITHM not in ALGORITHMS:
        yield Error(
            f"TOKEN_ALGORITHM is {settings.TOKEN_ALGORITHM!r}.",
            hint="The lender's tokens are signed with EdDSA, RS256 or HS256; name the one your lender uses.",
            id="supportdesk.E005",
        )
    if not settings.TOKEN_KEYS:
        yield checks.Warning(
            "TOKEN_KEYS is empty: no borrower can enter the chat.",
            hint="Set it to kid=path-of-the-public-key (EdDSA, RS256) or kid=secret (HS256); see docs/integrate.md.",
            id="supportdesk.W003",
        )
    for entry in settings.TOKEN_KEYS:
        problem = _problem_of_key(entry)
        if problem:
            yield Error(problem, hint="docs/integrate.md shows how the key pair is made.", id="supportdesk.E006")


@register()
def keys_of_what_is_kept_are_keys(**_: Any) -> Iterator[CheckMessage]:
    named = [(name, place, key) for name in KEPT for place, key in enumerate(getattr(settings, name), 1)]
    for name, place, key in named:
        try:
            Fernet(key)
        except ValueError:
            yield Error(
                f"Key {place} of {name} is no Fernet key.",
                hint="docs/identity-desk.md shows how one is made; separate them by commas, the newest first.",
                id="supportdesk.E008",
            )


def _problem_of_key(entry: str) -> str:
    """What is wrong with one ``kid=…`` of TOKEN_KEYS; its value is never repeated, it may be a secret."""
    kid, _, value = entry.partition("=")
    if not kid or not value:
        return "An entry of TOKEN_KEYS has not the form kid=value."
    if settings.TOKEN_ALGORITHM == "HS256":
        return "" if len(value) >= MINIMUM_SECRET else f"The secret {kid!r} in TOKEN_KEYS is under 32 characters."
    return "" if Path(value).is_file() else f"The public key {kid!r} of TOKEN_KEYS is not a readable file."


def _is_origin(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and url == f"{parts.scheme}://{parts.netloc}"


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
