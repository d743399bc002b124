"""Tokens of the lender: which are believed, and what a forger learns from a refusal."""

import base64
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from identity import actions
from identity.errors import TokenRefused
from identity.models import AuditEntry, Borrower, BorrowerSession
from identity.rules import tokens
from tests.cast import KEY_ID

PEM, PUBLIC, PKCS8 = (
    serialization.Encoding.PEM,
    serialization.PublicFormat.SubjectPublicKeyInfo,
    serialization.PrivateFormat.PKCS8,
)


def _reasons():
    return set(AuditEntry.objects.filter(code="token.refused").values_list("detail__reason", flat=True))


class At(int):
    """A moment so many seconds from the time of the test."""


def _in_time(claims):
    return {name: int(time.time()) + value if isinstance(value, At) else value for name, value in claims.items()}


def _exchange(token):
    return Client().post("/api/v1/borrower-sessions", {"token": token}, content_type="application/json")


def _reason():
    return AuditEntry.objects.get(code="token.refused").detail["reason"]


def test_a_good_token_becomes_a_session(borrower_token):
    answer = _exchange(borrower_token(sub="C-7", name="Анна Игоревна Ковалёва", first_name="Анна", language="en-GB"))
    said = answer.json()
    assert answer.status_code == 201
    assert said["borrower"] == {"first_name": "Анна", "full_name": "Анна Игоревна Ковалёва", "language": "en"}
    assert len(said["session_token"]) >= 43
    headers = {"authorization": f"Bearer {said['session_token']}"}
    assert Client().post("/api/v1/socket-tickets", headers=headers).status_code == 201
    lifetime = datetime.fromisoformat(said["expires_at"]) - datetime.now(UTC)
    assert 11.9 < lifetime.total_seconds() / 3600 <= 12


def test_a_token_is_good_once(borrower_token):
    token = borrower_token()
    assert _exchange(token).status_code == 201
    assert _exchange(token).status_code == 401
    assert _reason() == "replayed"


@pytest.mark.django_db(transaction=True)
def test_a_token_is_good_once_even_when_tabs_race(borrower_token):
    token = borrower_token()

    def exchange(_):
        try:
            return _exchange(token).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as tabs:
        assert sorted(tabs.map(exchange, range(8))) == [201] + [401] * 7


CLAIMS = [
    ({"iss": "somebody"}, "wrong_issuer"),
    ({"iss": None}, "missing_claim"),
    ({"aud": "another-service"}, "wrong_audience"),
    ({"aud": ["supportdesk-chat", "another-service"]}, "wrong_audience"),
    ({"aud": None}, "missing_claim"),
    ({"sub": None}, "missing_claim"),
    ({"sub": ""}, "missing_claim"),
    ({"sub": "x" * 65}, "bad_claim"),
    ({"sub": "C-1\0"}, "bad_claim"),
    ({"jti": None}, "missing_claim"),
    ({"jti": "x" * 129}, "bad_claim"),
    ({"iat": None}, "missing_claim"),
    ({"exp": None}, "missing_claim"),
    ({"exp": At(-31), "iat": At(-300)}, "expired"),
    ({"iat": At(120), "exp": At(300)}, "from_the_future"),
    ({"iat": At(-700), "exp": At(100)}, "too_old"),
    ({"iat": At(0), "exp": At(3600)}, "lives_too_long"),
    ({"iat": At(0), "exp": At(10**12)}, "bad_claim"),
    ({"nbf": At(120)}, "not_yet"),
    ({"exp": True}, "bad_claim"),
    ({"exp": "soon"}, "bad_claim"),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIMS, ids=[f"{reason} {list(c)}" for c, reason in CLAIMS])
def test_claims_that_are_not_right_are_refused(borrower_token, claims, reason):
    answer = _exchange(borrower_token(**_in_time(claims)))
    assert answer.status_code == 401
    assert _reason() == reason
    assert not BorrowerSession.objects.exists() and not Borrower.objects.exists()


@pytest.mark.parametrize("claims", [{"exp": At(-20), "iat": At(-300)}, {"iat": At(20)}, {"nbf": At(20)}])
def test_clocks_may_differ_by_half_a_minute(borrower_token, claims):
    assert _exchange(borrower_token(**_in_time(claims))).status_code == 201


HEADERS = [
    ({"kid": "another"}, "unknown_key"),
    ({"kid": "../../etc/passwd"}, "unknown_key"),
    ({"jku": "https://evil.example/keys"}, "key_in_header"),
    ({"x5u": "https://evil.example/cert"}, "key_in_header"),
    ({"x5c": ["MIIB"]}, "key_in_header"),
    ({"jwk": {"kty": "OKP"}}, "key_in_header"),
    ({"crit": ["exp"]}, "key_in_header"),
    ({"typ": "at+jwt"}, "wrong_type"),
]


@pytest.mark.parametrize(("headers", "reason"), HEADERS, ids=[reason + str(list(h)) for h, reason in HEADERS])
def test_a_header_that_chooses_its_own_key_is_refused(borrower_token, headers, reason):
    assert _exchange(borrower_token(headers=headers)).status_code == 401
    assert _reason() == reason


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "", "HS256", "RS256", "ES256", "EdDSA "])
def test_only_the_configured_algorithm_is_believed(borrower_token, lender_public_key, alg):
    """With ``none`` no signature is asked; with HS256 the public key, known to all, would be the secret."""
    _, payload, _ = borrower_token().split(".")
    head = _encode(json.dumps({"alg": alg, "typ": "JWT", "kid": KEY_ID}).encode())
    forged = f"{head}.{payload}"
    secret = lender_public_key.read_bytes()
    signature = _encode(hmac.new(secret, forged.encode(), hashlib.sha256).digest())
    for token in (f"{forged}.", f"{forged}.{signature}"):
        assert _exchange(token).status_code == 401
    assert _reasons() == {"wrong_algorithm"}


def test_another_key_or_a_changed_payload_does_not_fit(borrower_token):
    head, payload, signature = borrower_token().split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    other = _encode(json.dumps(claims | {"sub": "C-1"}).encode())
    stranger = jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": KEY_ID})
    for token in (f"{head}.{other}.{signature}", stranger):
        assert _exchange(token).status_code == 401
    assert _reasons() == {"bad_signature"}


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "..", "é.é.é", "e30.e30.", "W10.e30.x", "[" * 3000 + ".x.x", "a.b.c.d.e"]
)
def test_what_is_no_token_is_refused(trust_the_lender, db, token):
    assert _exchange(token).status_code == 401
    assert _reason() in {"malformed", "wrong_algorithm"}


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": None}, {"token": ["x"]}, {"token": "x" * 9000}, []])
def test_a_request_without_a_token_gets_the_same_answer(trust_the_lender, db, body):
    answer = Client().post("/api/v1/borrower-sessions", json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


def test_every_refusal_looks_the_same(borrower_token):
    bad = [borrower_token(aud="x"), borrower_token(exp=1), borrower_token(headers={"kid": "x"}), "nonsense"]
    answers = [_exchange(token) for token in bad]
    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}


def test_a_refused_token_is_in_the_audit_log_but_not_its_text(borrower_token):
    token = borrower_token(aud="another-service")
    Client(REMOTE_ADDR="203.0.113.9").post("/api/v1/borrower-sessions", {"token": token}, "application/json")
    entry = AuditEntry.objects.get()
    assert (entry.code, entry.address) == ("token.refused", "203.0.113.9")
    assert entry.detail == {"reason": "wrong_audience", "kid": KEY_ID}


def test_with_no_keys_nobody_comes_in(borrower_token, settings):
    token = borrower_token()
    settings.TOKEN_KEYS = []
    assert _exchange(token).status_code == 401


def test_two_keys_work_while_they_are_changed(borrower_token, settings, lender_key, tmp_path):
    new = Ed25519PrivateKey.generate()
    (tmp_path / "new.pem").write_bytes(new.public_key().public_bytes(PEM, PUBLIC))
    settings.TOKEN_KEYS = [*settings.TOKEN_KEYS, f"new={tmp_path / 'new.pem'}"]
    claims = {"iss": "lender", "aud": "supportdesk-chat", "sub": "C-1", **_times(), "jti": "n"}
    assert _exchange(jwt.encode(claims, new, algorithm="EdDSA", headers={"kid": "new"})).status_code == 201
    assert _exchange(borrower_token()).status_code == 201
    mixed = jwt.encode(claims | {"jti": "m"}, new, algorithm="EdDSA", headers={"kid": KEY_ID})
    assert _exchange(mixed).status_code == 401


def test_rs256_and_hs256_can_be_configured(settings, db, tmp_path):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (tmp_path / "rsa.pem").write_bytes(key.public_key().public_bytes(PEM, PUBLIC))
    claims = {"iss": "lender", "aud": "supportdesk-chat", "sub": "C-1", **_times()}
    settings.TOKEN_ISSUER = "lender"
    settings.TOKEN_ALGORITHM, settings.TOKEN_KEYS = "RS256", [f"r={tmp_path / 'rsa.pem'}"]
    private = key.private_bytes(PEM, PKCS8, serialization.NoEncryption())
    assert _exchange(jwt.encode(claims | {"jti": "1"}, private, "RS256", {"kid": "r"})).status_code == 201
    settings.TOKEN_ALGORITHM, settings.TOKEN_KEYS = "HS256", ["h=" + "s" * 40]
    assert _exchange(jwt.encode(claims | {"jti": "2"}, "s" * 40, "HS256", {"kid": "h"})).status_code == 201
    assert _exchange(jwt.encode(claims | {"jti": "3"}, private, "RS256", {"kid": "h"})).status_code == 401


def test_a_new_token_brings_the_borrower_up_to_date_and_joins_nobody_else(borrower_token):
    _exchange(borrower_token(sub="C-1", email="shared@mail.example", phone="8 916 204-58-31", city="Тверь"))
    _exchange(borrower_token(sub="C-2", email="shared@mail.example", phone="8 916 204-58-31"))
    _exchange(borrower_token(sub="C-1", name="Анна Игоревна Соколова", first_name=None))
    first, second = Borrower.objects.order_by("customer_id")
    assert (first.full_name, first.first_name, first.city) == ("Анна Игоревна Соколова", "Анна", "Тверь")
    assert first.email == second.email and first.id != second.id


def test_strange_claims_become_empty_fields_not_errors(borrower_token):
    strange = {"name": "Ан\u202eна  \n К", "email": "a@b\r\nBcc: x@y.z", "phone": "12", "since": "yesterday"}
    assert _exchange(borrower_token(**strange, language=5, city=["x"])).status_code == 201
    borrower = Borrower.objects.get()
    assert (borrower.full_name, borrower.email, borrower.phone) == ("Анна К", "", "")
    assert (borrower.customer_since, borrower.language, borrower.city) == (None, "ru", "")


def test_a_flood_of_forgeries_is_not_heard_and_leaves_the_log_readable(borrower_token, monkeypatch):
    monkeypatch.setattr("identity.actions.borrowers.REFUSALS_LIMIT", 3)
    assert [_exchange("forged").status_code for _ in range(5)] == [401, 401, 401, 429, 429]
    assert AuditEntry.objects.count() == 3
    refused = Client().post("/api/v1/borrower-sessions", {"token": borrower_token()}, "application/json")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    elsewhere = Client(REMOTE_ADDR="198.51.100.4")
    assert (
        elsewhere.post("/api/v1/borrower-sessions", {"token": borrower_token()}, "application/json").status_code == 201
    )


def test_an_address_is_what_our_own_proxy_saw(borrower_token, settings):
    claimed = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7"}
    Client(headers=claimed).post("/api/v1/borrower-sessions", {"token": "x"}, "application/json")
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    Client(headers=claimed).post("/api/v1/borrower-sessions", {"token": "x"}, "application/json")
    Client(REMOTE_ADDR="").post("/api/v1/borrower-sessions", {"token": "x"}, "application/json")
    assert list(AuditEntry.objects.order_by("id").values_list("address", flat=True)) == [
        "127.0.0.1",
        "198.51.100.7",
        None,
    ]


def test_a_lenders_token_is_no_session_token(borrower_token):
    headers = {"authorization": f"Bearer {borrower_token()}"}
    assert Client().post("/api/v1/socket-tickets", headers=headers).status_code == 401


def test_a_borrower_is_no_staff_member_and_staff_have_no_borrowers_session(as_borrower, as_staff, anna, elena):
    assert as_borrower(anna).get("/profile/").status_code == 302
    assert as_staff(elena).delete("/api/v1/borrower-sessions/current").status_code == 403
    assert Client().delete("/api/v1/borrower-sessions/current").status_code == 401


@given(some.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text):
    rules = tokens.TokenRules(algorithm="EdDSA", keys={"k": "x"}, issuer="i", audience="a")
    with pytest.raises(tokens.InvalidToken) as refusal:
        tokens.read_token(text, rules=rules, now=SimpleNamespace(timestamp=lambda: 0.0))
    assert refusal.value.code in tokens.REFUSALS


def test_the_reason_is_for_the_log_only(trust_the_lender, db):
    with pytest.raises(TokenRefused) as refusal:
        actions.exchange_token(token="x", address=None)
    assert (refusal.value.code, refusal.value.reason, refusal.value.status) == ("token_refused", "malformed", 401)


def _times():
    now = int(time.time())
    return {"iat": now, "exp": now + 300}


def _encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize("kid", ["a\0b", "a\ud800b", "\u202ea"])
def test_a_key_id_that_nobody_can_store_is_refused_like_any_other(borrower_token, kid):
    assert _exchange(borrower_token(headers={"kid": kid})).status_code == 401
    assert AuditEntry.objects.get().detail == {"reason": "unknown_key", "kid": kid[:1].strip("\u202e") + kid[-1]}


@pytest.mark.parametrize("claim", ["sub", "jti", "sid"])
def test_half_a_character_is_no_name(borrower_token, claim):
    assert _exchange(borrower_token(**{claim: "C-1\ud800"})).status_code == 401
    assert _reason() == "bad_claim"
