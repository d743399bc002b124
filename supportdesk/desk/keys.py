"""Secrets of a desk that has none yet: made once, kept under ``var/secrets`` for its owner only."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

TOKEN_KEY_ID = "demo"


def make_keys(var: Path) -> dict[str, str]:
    """What the settings need of secrets; made on the first start, read on later ones."""
    home = var / "secrets"
    home.mkdir(mode=0o700, exist_ok=True)
    private, public = home / "lender-private.pem", home / "lender-public.pem"
    if not public.exists():
        _make_pair(private, public)
    return {
        "SECRET_KEY": _secret(home / "secret-key"),
        "LENDER_API_KEY": _secret(home / "lender-api-key"),
        "MAILBOX_PASSWORD": _secret(home / "mailbox-password", length=12),
        "LENDER_PRIVATE_KEY": str(private),
        "TOKEN_ALGORITHM": "EdDSA",
        "TOKEN_KEYS": f"{TOKEN_KEY_ID}={public}",
    }


def _secret(path: Path, *, length: int = 48) -> str:
    if not path.exists():
        _write(path, secrets.token_urlsafe(length).encode())
    return path.read_text()


def _make_pair(private: Path, public: Path) -> None:
    key = Ed25519PrivateKey.generate()
    _write(private, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(public, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
