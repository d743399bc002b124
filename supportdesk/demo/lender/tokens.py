"""The lender's whole part in who-is-it: a short-lived token about the borrower who is signed in here."""

import time
import uuid
from collections.abc import Mapping

import jwt

LIFETIME = 300  # seconds
AUDIENCE = "supportdesk-chat"


def sign_token(
    claims: Mapping[str, str],
    *,
    key: str,
    kid: str,
    issuer: str,
    audience: str = AUDIENCE,
    lifetime: int = LIFETIME,
) -> str:
    """A token the desk believes once: ``claims`` hold at least ``sub``, the customer id."""
    now = int(time.time())
    proof = {"iss": issuer, "aud": audience, "iat": now, "exp": now + lifetime, "jti": str(uuid.uuid4())}
    return jwt.encode({**claims, **proof}, key, algorithm="EdDSA", headers={"kid": kid})
