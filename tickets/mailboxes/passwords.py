"""Mailbox passwords at rest: Fernet under a key derived from MAIL_KEY, or SECRET_KEY where none is set."""

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from identity.rules.at_rest import cipher
from tickets.mailboxes.errors import MailboxUnusable


def mail_key() -> str:
    """The secret of everything that mail proves by a signature."""
    return str(getattr(settings, "MAIL_KEY", "") or settings.SECRET_KEY)


def encrypt(password: str) -> str:
    return _cipher().encrypt(password.encode()).decode()


def decrypt(encrypted: str) -> str:
    try:
        return _cipher().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise MailboxUnusable("the stored password cannot be read: MAIL_KEY or SECRET_KEY has changed") from None


def _cipher() -> MultiFernet:
    """The key is the one that this module derived by itself before, so what was stored then is read as it is."""
    return cipher([], secret=mail_key(), purpose="mailbox-password")
