"""Tokens that nobody may be let in with: the lender's forged in every known way, and secrets that are nearly right."""

import base64
import hashlib
import hmac
import json
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.bad_input.frames import STRANGE, TEXTS

Claims = dict[str, Any]
NOT_A_TIME = (
    None, True, False, "", "soon", "1", [], {}, [1], float("nan"), float("inf"), -float("inf"), -1, -1e9, 1e11, 1e300,
    10**30, -(10**30), "2026-11-23T00:00:00Z", "NaN",
)  # fmt: skip
NOT_A_NAME = ("", None, True, 0, 5, 1.5, [], ["lender"], {}, {"a": 1}, "\0", "C-1\ud800")
KIDS: tuple[Any, ...] = (
    None, "", 0, True, [], {}, ["test"], "TEST", "test ", " test", "test\0", "tes", "../../../dev/null", "/etc/passwd",
    "test' or '1'='1", "https://evil.example/key", "x" * 5_000, "тест", "\udfff",
)  # fmt: skip
OTHER_KEYS = (
    ("jku", "https://evil.example/keys"), ("x5u", "https://evil.example/cert"), ("x5c", ["MIIB"]), ("x5t", "a"),
    ("x5t#S256", "a"), ("crit", ["exp"]), ("jwk", {"kty": "oct", "k": "AA"}), ("jku", None), ("crit", []), ("x5c", ""),
)  # fmt: skip
ALGORITHMS = (
    "none", "None", "NONE", "nOnE", "", None, "HS256", "HS384", "HS512", "RS256", "RS512", "PS256", "ES256", "ES512",
    "ES256K", "EdDSA ", "eddsa", "EDDSA", "Ed25519", "EdDSA\0", ["EdDSA"], {"alg": "EdDSA"}, 0, True, "A128KW", "dir",
)  # fmt: skip


def encoded(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Forger:
    """Knows everything public about the desk and its lender, and the lender's key where the claims are the lie."""

    private: Ed25519PrivateKey
    public: bytes
    kid: str
    now: int
    random: Random

    def __post_init__(self) -> None:
        self.own = Ed25519PrivateKey.generate()
        self.own_keys: dict[str, Any] = {
            "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048),
            "ES256": ec.generate_private_key(ec.SECP256R1()),
            "EdDSA": self.own,
        }
        self.shared_secrets = public_forms(self.public)

    def tokens(self, count: int) -> Iterator[str]:
        for number in range(count):
            yield WAYS[number % len(WAYS)](self)

    def claims(self, **changes: Any) -> Claims:
        usual = {"iss": "lender", "aud": "supportdesk-chat", "sub": "C-104577", "iat": self.now, "exp": self.now + 300}
        return {**usual, "jti": str(uuid.UUID(int=self.random.getrandbits(128))), **changes}

    def signed(self, claims: Claims, headers: Claims | None = None, key: Any = None) -> str:
        """Signed with the lender's own key unless another is given; the header as it is said, however wrong."""
        head = {"alg": "EdDSA", "typ": "JWT", "kid": self.kid} | (headers or {})
        body = f"{encoded(json.dumps(head))}.{encoded(json.dumps(claims))}"
        return f"{body}.{encoded((key or self.private).sign(body.encode()))}"


def public_forms(pem: bytes) -> list[bytes]:
    """The public key in every form that a careless desk might take for a shared secret."""
    key: Any = serialization.load_pem_public_key(pem)
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    middle = b"".join(pem.splitlines()[1:-1])
    return [pem, pem.strip(), pem.replace(b"\n", b""), raw, der, middle, base64.b64encode(raw), b"", b"secret", b"test"]


def other_algorithm(forger: Forger) -> str:
    """``none`` in all spellings, and everything that is not the one algorithm of the settings."""
    head = {"alg": forger.random.choice(ALGORITHMS), "typ": "JWT", "kid": forger.kid}
    body = f"{encoded(json.dumps(head))}.{encoded(json.dumps(forger.claims()))}"
    real = encoded(forger.private.sign(body.encode()))
    return f"{body}.{forger.random.choice(('', real, encoded(b'0' * 64), '='))}"


def public_key_as_secret(forger: Forger) -> str:
    """HMAC with what everybody may know."""
    name, digest = forger.random.choice(
        (("HS256", "sha256"), ("HS384", "sha384"), ("HS512", "sha512"), ("EdDSA", "sha512"))
    )
    body = (
        f"{encoded(json.dumps({'alg': name, 'typ': 'JWT', 'kid': forger.kid}))}.{encoded(json.dumps(forger.claims()))}"
    )
    secret = forger.random.choice(forger.shared_secrets)
    return f"{body}.{encoded(hmac.new(secret, body.encode(), digest).digest())}"


def own_key(forger: Forger) -> str:
    """A right signature of a key that is not the lender's, said to be so or not."""
    name = forger.random.choice(list(forger.own_keys))
    return jwt.encode(forger.claims(), forger.own_keys[name], algorithm=name, headers={"kid": forger.kid})


def own_key_in_header(forger: Forger) -> str:
    """A header that brings or names the key to check it with; with the forger's signature, or even the lender's."""
    name, value = forger.random.choice(OTHER_KEYS)
    if forger.random.random() < 0.3:
        raw = forger.own.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        name, value = "jwk", {"kty": "OKP", "crv": "Ed25519", "x": encoded(raw), "kid": forger.kid}
    return forger.signed(forger.claims(), {name: value}, forger.random.choice((forger.own, forger.private)))


def other_kid(forger: Forger) -> str:
    return forger.signed(forger.claims(), {"kid": forger.random.choice(KIDS)})


def missing_claim(forger: Forger) -> str:
    claims = forger.claims()
    for name in forger.random.sample(sorted(claims), forger.random.randrange(1, 4)):
        del claims[name]
    return forger.signed(claims)


def wrong_time(forger: Forger) -> str:
    """No number at all, or a number outside of what is allowed by more than the clocks may differ."""
    now, random = forger.now, forger.random
    name = random.choice(("exp", "iat", "nbf"))
    if random.random() < 0.5:
        value = random.choice(NOT_A_TIME[(name == "nbf") :])  # a token needs no nbf
        value = 1e11 if name == "nbf" and value in (0, False, "") and not isinstance(value, bool | str) else value
        return forger.signed(forger.claims(**{name: value}))
    far = random.choice((300, 3_600, 86_400, 10**9)) + random.random()
    lies = (
        {"iat": now - 400, "exp": now - 35 - far},
        {"iat": now + 60 + far, "exp": now + 120 + far},
        {"nbf": now + 60 + far},
        {"iat": now - 700 - far, "exp": now + 100},
        {"exp": now + 1_000 + far},
        {"iat": -far, "exp": now + 300},
    )
    return forger.signed(forger.claims(**random.choice(lies)))


def wrong_party(forger: Forger) -> str:
    """``iss`` and ``aud`` that are nearly right."""
    name, right = forger.random.choice((("iss", "lender"), ("aud", "supportdesk-chat")))
    near = (
        right.upper(),
        f"{right} ",
        f" {right}",
        right[:-1],
        f"{right}x",
        f"https://{right}",
        f"{right}\0",
        right[::-1],
    )
    listed = (
        [],
        [right, "other"],
        ["other", right],
        [[right]],
        [right.upper()],
        {right: right},
        [right, right],
        [None],
    )
    value = forger.random.choice((*near, *listed, None, "", 0, True, "*", forger.random.choice(TEXTS)))
    return forger.signed(forger.claims(**{name: value if value != right else "other"}))


def wrong_name(forger: Forger) -> str:
    """``sub``, ``jti`` and ``iss`` that are no text, or too much of it."""
    name = forger.random.choice(("sub", "jti", "iss"))
    long = "x" * forger.random.choice((129, 500, 3_000))
    return forger.signed(forger.claims(**{name: forger.random.choice((*NOT_A_NAME, long, f"C-1\0{long[:9]}"))}))


def no_claims(forger: Forger) -> str:
    """A right signature over what is no object, or over too much."""
    payload = forger.random.choice(
        ("[]", "null", '"x"', "1", "{", "", "{}", "NaN", "[" * 2_000, '{"a":' * 900, "\0", "é")
    )
    body = f"{encoded(json.dumps({'alg': 'EdDSA', 'kid': forger.kid}))}.{encoded(payload)}"
    return f"{body}.{encoded(forger.private.sign(body.encode()))}"


def bad_header(forger: Forger) -> str:
    heads = ("[" * 3_000, "{", "", "\xff", '{"alg":"EdDSA","alg":"none"}', json.dumps({"alg": "EdDSA"}))
    other = json.dumps({"alg": "EdDSA", "kid": forger.kid, "typ": "at+jwt"})
    head = forger.random.choice((*heads, other, json.dumps(forger.random.choice(STRANGE))))
    body = f"{encoded(head)}.{encoded(json.dumps(forger.claims()))}"
    return f"{body}.{encoded(forger.private.sign(body.encode()))}"


def broken(forger: Forger) -> str:
    """A good token that was cut, turned or written over; never only in the bits that base64 leaves unused."""
    token, random = forger.signed(forger.claims()), forger.random
    place = random.randrange(len(token) - 2)
    head, payload, signature = token.split(".")
    return random.choice(
        (
            token[:place],
            token[place + 1 :],
            token[:place]
            + random.choice([letter for letter in LETTERS if letter != token[place]])
            + token[place + 1 :],
            f"{token}.{signature}",
            f"{head}.{payload}",
            f"{payload}.{head}.{signature}",
            f"{head}.{signature}.{payload}",
            f"{head}.{encoded(json.dumps(forger.claims(sub='C-1')))}.{signature}",
            f"{head}.{payload}.{signature[::-1]}",
            f"Bearer {token}",
            f"{token}\0",
            f"{token}{'A' * 9_000}",
            token.replace(".", ".."),
            json.dumps({"payload": payload, "signatures": [{"protected": head, "signature": signature}]}),
        )
    )


def noise(forger: Forger) -> str:
    """No token at all."""
    random = forger.random
    return random.choice(
        (
            "".join(
                chr(random.choice((random.randrange(1, 128), random.randrange(0xE000, 0x10000)))) for _ in range(40)
            ),
            ".".join(encoded(random.randbytes(random.randrange(60))) for _ in range(random.randrange(1, 6))),
            random.choice(TEXTS) or "x",
            hashlib.sha256(random.randbytes(8)).hexdigest(),
            "." * random.randrange(1, 9),
            "é.é.é",
        )
    )


LETTERS = string.ascii_letters + string.digits + "-_.=+/ "
WAYS: tuple[Callable[[Forger], str], ...] = (
    other_algorithm, public_key_as_secret, own_key, own_key_in_header, other_kid, missing_claim, wrong_time, wrong_time,
    wrong_party, wrong_name, no_claims, bad_header, broken, broken, noise,
)  # fmt: skip


def near_secrets(secret: str, count: int, seed: int) -> Iterator[str]:
    """Secrets that look like one of ours and are not: changed, cut, hashed, turned, random."""
    random = Random(seed)
    letters = string.ascii_letters + string.digits + "-_"
    for _ in range(count):
        place = random.randrange(len(secret))
        other = random.choice([letter for letter in letters if letter != secret[place]])
        yield random.choice(
            (
                secret[:place] + other + secret[place + 1 :],
                secret[:place] or "x",
                secret[place + 1 :] or "x",
                f"{secret}{other}",
                f"{other}{secret}",
                f"{secret}\0",
                secret[::-1],
                secret.swapcase(),
                hashlib.sha256(secret.encode()).hexdigest(),
                "".join(random.choice(letters) for _ in range(len(secret))),
                "".join(random.choice(letters) for _ in range(random.choice((1, 16, 200, 4_000)))),
                str(uuid.UUID(int=random.getrandbits(128))),
                f"{secret}é",
                f"'{secret}' or true --",
                "%",
                "*",
            )
        )
