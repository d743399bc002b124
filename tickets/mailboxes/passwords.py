"""Mailbox passwords at rest: Fernet under a key derived from MAIL_KEY, or SECRET_KEY where none is set."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from tickets.mailboxes.errors import MailboxUnusable


def mail_key() -> str:
    """The secret of everything that mail proves by a signature."""
    return str(getattr(settings, "MAIL_KEY", "") or settings.SECRET_KEY)


def encrypt(password: str) -> str:
    return _fernet().encrypt(password.encode()).decode()


def decrypt(encrypted: str) -> str:
    try:
        return _fernet().decrypt(encrypted.encode()).decode()
    except InvalidToken:
        raise MailboxUnusable("the stored password cannot be read: MAIL_KEY or SECRET_KEY has changed") from None


def _fernet() -> Fernet:
    key = hashlib.sha256(b"mailbox-password\0" + mail_key().encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
