"""What an administrator does with telephone exchanges; a secret is made here, shown once, and kept encrypted."""

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from tickets.mailboxes.passwords import encrypt
from tickets.models import Exchange

SAVED = ("name", "code", "extensions", "recording_hosts")


@transaction.atomic
def save_exchange(*, exchange: Exchange | None, values: dict[str, Any], by: User) -> tuple[Exchange, str]:
    """Add an exchange or change one; of a new one the secret comes with it, this once."""
    kept = Exchange() if exchange is None else Exchange.objects.select_for_update().get(pk=exchange.pk)
    for name in SAVED:
        setattr(kept, name, values[name])
    secret = ""
    if exchange is None:
        secret = secrets.token_urlsafe(32)
        kept.secret_encrypted = encrypt(secret)
    kept.save()
    _note("exchange.added" if exchange is None else "exchange.changed", kept, by)
    return kept, secret


@transaction.atomic
def renew_secret(*, exchange: Exchange, by: User) -> str:
    """Another secret from now on; what is signed with the former one is refused."""
    secret = secrets.token_urlsafe(32)
    Exchange.objects.filter(pk=exchange.pk).update(secret_encrypted=encrypt(secret))
    _note("exchange.secret_renewed", exchange, by)
    return secret


@transaction.atomic
def pause_exchange(*, exchange: Exchange, by: User) -> None:
    """Its events are refused until it goes on, so that it keeps them and comes again."""
    Exchange.objects.filter(pk=exchange.pk).update(paused_at=timezone.now())
    _note("exchange.paused", exchange, by)


@transaction.atomic
def resume_exchange(*, exchange: Exchange, by: User) -> None:
    Exchange.objects.filter(pk=exchange.pk).update(paused_at=None)
    _note("exchange.resumed", exchange, by)


def _note(code: str, exchange: Exchange, by: User) -> None:
    record_audit(code=code, actor=by, object_kind="exchange", object_id=str(exchange.pk))
