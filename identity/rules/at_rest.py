"""What lies on the disk is encrypted: Fernet (AES-128-CBC, HMAC-SHA-256), with keys that can be changed in turn."""

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet


def cipher(keys: Sequence[str], *, secret: str, purpose: str) -> MultiFernet:
    """The newest key encrypts, all decrypt. Without any, one for this purpose is derived from ``secret``."""
    derived = hashlib.sha256(f"{purpose}\0{secret}".encode()).digest()
    return MultiFernet([Fernet(key) for key in keys or [base64.urlsafe_b64encode(derived).decode()]])
