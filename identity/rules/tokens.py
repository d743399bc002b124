"""What the lender's signed token must say to be believed.

Sources: RFC 7519 (claims), RFC 8725 (best practices: pin the algorithm, never follow ``jku`` or ``x5u``, check
issuer and audience), OWASP ASVS 5.0 sections 9.1 and 9.2. Every refusal has a stable code, listed in ``REFUSALS``.
"""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt
from jwt.utils import base64url_decode

ALGORITHMS = frozenset({"EdDSA", "RS256", "HS256"})
LEEWAY = 30  # seconds the two clocks may differ
MAX_AGE = 10 * 60  # seconds since ``iat``
MAX_LIFETIME = 15 * 60  # seconds from ``iat`` to ``exp``
MAX_LENGTH = 8192  # characters of the whole token
REQUIRED = ("iss", "aud", "sub", "iat", "exp", "jti")
KEYS_IN_HEADER = ("jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "crit")

REFUSALS = {
    "malformed": "it is not a signed JWT",
    "too_long": f"it has more than {MAX_LENGTH} characters",
    "wrong_type": "`typ` in the header is there and is not `JWT`",
    "wrong_algorithm": "`alg` is not the configured one (`none` and every other included)",
    "key_in_header": "the header brings or names its own key (`jku`, `jwk`, `x5u`, `x5c`, `x5t`) or has `crit`",
    "unknown_key": "`kid` is missing or is none of TOKEN_KEYS",
    "bad_signature": "the signature does not fit the key",
    "missing_claim": "one of `iss aud sub iat exp jti` is missing or empty",
    "bad_claim": "a claim has the wrong type or is too long",
    "wrong_issuer": "`iss` is not TOKEN_ISSUER",
    "wrong_audience": "`aud` is not exactly TOKEN_AUDIENCE",
    "expired": "`exp` has passed",
    "not_yet": "`nbf` is still to come",
    "from_the_future": "`iat` is still to come",
    "too_old": f"`iat` is more than {MAX_AGE // 60} minutes ago",
    "lives_too_long": f"`exp` is more than {MAX_LIFETIME // 60} minutes after `iat`",
    "replayed": "`jti` was exchanged before",
    "signed_out": "`sid` names a sign-in at your site that has ended",
}


class InvalidToken(Exception):
    """The token is not believed; ``code`` is one of ``REFUSALS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class TokenRules:
    """What this desk accepts: one algorithm, keys by ``kid`` (two of them while keys are changed)."""

    algorithm: str
    keys: Mapping[str, str]
    issuer: str
    audience: str


def read_token(token: str, *, rules: TokenRules, now: datetime) -> dict[str, Any]:
    """The claims of a token that may be believed; raises ``InvalidToken``. Whether it was used before is not seen."""
    if len(token) > MAX_LENGTH:
        raise InvalidToken("too_long")
    key = _key_for(_header_of(token), rules)
    claims = _verified(token, key, rules.algorithm)
    _check_presence(claims)
    _check_parties(claims, rules)
    _check_times(claims, now.timestamp())
    return claims


def _header_of(token: str) -> dict[str, Any]:
    """The header of a JWT, read by hand so that every malformed token gives the same code."""
    if token.count(".") != 2:
        raise InvalidToken("malformed")
    try:
        header = json.loads(base64url_decode(token.partition(".")[0].encode("ascii")))
    except (ValueError, binascii.Error, RecursionError):
        raise InvalidToken("malformed") from None
    if not isinstance(header, dict):
        raise InvalidToken("malformed")
    return header


def _key_for(header: dict[str, Any], rules: TokenRules) -> str:
    if header.get("alg") != rules.algorithm or rules.algorithm not in ALGORITHMS:
        raise InvalidToken("wrong_algorithm")
    if any(name in header for name in KEYS_IN_HEADER):
        raise InvalidToken("key_in_header")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise InvalidToken("wrong_type")
    kid = header.get("kid")
    key = rules.keys.get(kid) if isinstance(kid, str) else None
    if not key:
        raise InvalidToken("unknown_key")
    return key


def _verified(token: str, key: str, algorithm: str) -> dict[str, Any]:
    """The payload behind a right signature; what the claims say is checked by us, with our own clock."""
    unchecked = {"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False}
    unchecked |= {"verify_iss": False, "verify_sub": False, "verify_jti": False}
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=unchecked)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        raise InvalidToken("bad_signature") from None
    except (jwt.InvalidTokenError, jwt.InvalidKeyError, ValueError, RecursionError):
        raise InvalidToken("malformed") from None


def _check_presence(claims: dict[str, Any]) -> None:
    if any(claims.get(name) in (None, "") for name in REQUIRED):
        raise InvalidToken("missing_claim")
    if not all(isinstance(claims[name], str) for name in ("iss", "sub", "jti")):
        raise InvalidToken("bad_claim")
    if len(claims["sub"]) > 64 or len(claims["jti"]) > 128:
        raise InvalidToken("bad_claim")
    if not all(_is_text(str(claims.get(name, ""))) for name in ("sub", "jti", "sid")):
        raise InvalidToken("bad_claim")
    if not all(_is_time(claims[name]) for name in ("iat", "exp")) or not _is_time(claims.get("nbf", 0)):
        raise InvalidToken("bad_claim")


def _is_text(value: str) -> bool:
    """Whether it can be kept: no NUL, and no half of a surrogate pair, which JSON can write and nobody can store."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _is_time(value: Any) -> bool:
    """A whole or fractional number of seconds; JSON's ``true``, NaN and texts are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11


def _check_parties(claims: dict[str, Any], rules: TokenRules) -> None:
    if claims["iss"] != rules.issuer:
        raise InvalidToken("wrong_issuer")
    if claims["aud"] not in (rules.audience, [rules.audience]):
        raise InvalidToken("wrong_audience")


def _check_times(claims: dict[str, Any], now: float) -> None:
    if claims["exp"] < now - LEEWAY:
        raise InvalidToken("expired")
    if claims.get("nbf", 0) > now + LEEWAY:
        raise InvalidToken("not_yet")
    if claims["iat"] > now + LEEWAY:
        raise InvalidToken("from_the_future")
    if claims["iat"] < now - MAX_AGE - LEEWAY:
        raise InvalidToken("too_old")
    if claims["exp"] - claims["iat"] > MAX_LIFETIME:
        raise InvalidToken("lives_too_long")
