"""Signing in to mail servers: tokens are renewed in time, by one at a time, and what is renewed is kept."""

from collections import Counter

from django.db import connection, transaction

from tickets.mailboxes import oauth
from tickets.mailboxes.credentials import credentials_of, sealed
from tickets.mailboxes.errors import SignInRefused
from tickets.mailboxes.imap import Folder
from tickets.models import Mailbox

LOCK_CLASS = 0x6F617574  # "oaut": the advisory locks of renewing


def open_folder(*, mailbox: Mailbox, breaks: Counter[int] | None = None) -> Folder:
    """A connection to the mailbox's folder. A token that is refused before its time is renewed, once."""
    ready = ready_to_sign_in(mailbox=mailbox)
    try:
        return Folder(ready, breaks=breaks)
    except SignInRefused:
        if ready.auth == Mailbox.Auth.PASSWORD:
            raise
        return Folder(renew_sign_in(mailbox=ready), breaks=breaks)


def ready_to_sign_in(*, mailbox: Mailbox) -> Mailbox:
    """The mailbox with a token that holds; one with a password is ready as it is."""
    if mailbox.auth == Mailbox.Auth.PASSWORD or oauth.is_fresh(credentials_of(mailbox)):
        return mailbox
    return renew_sign_in(mailbox=mailbox)


@transaction.atomic
def renew_sign_in(*, mailbox: Mailbox) -> Mailbox:
    """A new token in place of the one the caller knows. Whoever waited finds it renewed and asks nobody."""
    used = credentials_of(mailbox).get("access_token")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, mailbox.pk])
    mailbox = Mailbox.objects.get(pk=mailbox.pk)
    kept = credentials_of(mailbox)
    if kept.get("access_token") != used and oauth.is_fresh(kept):
        return mailbox
    return keep_credentials(mailbox=mailbox, **oauth.renew(mailbox))


@transaction.atomic
def keep_credentials(*, mailbox: Mailbox, **changed: object) -> Mailbox:
    """Write down what changed of a mailbox's credentials, and nothing else of the mailbox."""
    mailbox = Mailbox.objects.select_for_update().get(pk=mailbox.pk)
    mailbox.credentials_encrypted = sealed(credentials_of(mailbox) | changed)
    mailbox.save(update_fields=["credentials_encrypted"])
    return mailbox
