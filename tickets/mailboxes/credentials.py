"""What a mailbox keeps besides its password, encrypted: OAuth2 application and tokens, keys of a webhook."""

import json
from typing import Any

from tickets.mailboxes.errors import MailboxUnusable, SignInRefused
from tickets.mailboxes.passwords import decrypt, encrypt
from tickets.models import Mailbox


def credentials_of(mailbox: Mailbox) -> dict[str, Any]:
    """Everything that is kept, or nothing."""
    if not mailbox.credentials_encrypted:
        return {}
    try:
        return dict(json.loads(decrypt(mailbox.credentials_encrypted)))
    except ValueError:
        raise MailboxUnusable("the stored credentials cannot be read") from None


def readable_credentials_of(mailbox: Mailbox) -> dict[str, Any]:
    """For the settings page: what cannot be read any more counts as nothing, so that it can be entered anew."""
    try:
        return credentials_of(mailbox)
    except MailboxUnusable:
        return {}


def sealed(credentials: dict[str, Any]) -> str:
    """The same, as the row keeps it."""
    return encrypt(json.dumps(credentials)) if credentials else ""


def access_token(mailbox: Mailbox) -> str:
    """The token that signs this mailbox in now; whoever connects has seen to it that it is fresh."""
    token = str(credentials_of(mailbox).get("access_token", ""))
    if not token:
        raise SignInRefused("the mailbox is not connected to its provider yet")
    return token
