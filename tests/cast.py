"""The people in every test: two borrowers, two agents, a supervisor, an administrator, all built by actions."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from rest_framework.test import APIClient

PASSWORD = "тихая река у моста 41"
KEY_ID = "test"


class BorrowersClient(APIClient):
    """A client of the API that speaks as a borrower; ``borrower_session`` and ``secret`` are what the widget holds."""

    borrower_session: Any
    secret: str


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm at its least cost: a suite signs people in hundreds of times."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.cast.QuickArgon2"]


@pytest.fixture
def anna(db: None) -> Any:
    from identity import actions as identity

    return identity.refresh_borrower(
        claims={
            "sub": "C-104577",
            "name": "Анна Игоревна Ковалёва",
            "first_name": "Анна",
            "email": "anna.kovaleva@mail.example",
            "phone": "+7 916 204-58-31",
            "city": "Тверь",
            "since": "2025-03-11",
            "language": "ru",
        }
    )


@pytest.fixture
def sergey(db: None) -> Any:
    from identity import actions as identity

    return identity.refresh_borrower(
        claims={
            "sub": "C-101933",
            "name": "Сергей Павлович Мельников",
            "first_name": "Сергей",
            "email": "s.melnikov@mail.example",
            "phone": "+7 927 318-40-02",
            "city": "Самара",
            "since": "2023-08-02",
            "language": "ru",
        }
    )


@pytest.fixture
def elena(db: None) -> Any:
    return _staff("e.voronova", "Елена Воронова", "Елена", "agent")


@pytest.fixture
def dmitry(db: None) -> Any:
    return _staff("d.orlov", "Дмитрий Орлов", "Дмитрий", "agent")


@pytest.fixture
def olga(db: None) -> Any:
    return _staff("o.sedova", "Ольга Седова", "Ольга", "supervisor")


@pytest.fixture
def ivan(db: None) -> Any:
    return _staff("i.lebedev", "Иван Лебедев", "Иван", "admin")


def _staff(name: str, full_name: str, display_name: str, role: str) -> Any:
    from identity import actions as identity

    return identity.create_staff(
        email=f"{name}@lad.example", full_name=full_name, display_name=display_name, role=role, password=PASSWORD
    )


@pytest.fixture
def as_staff(db: None) -> Callable[[Any], Client]:
    """``as_staff(elena)`` is a browser in which Elena is signed in."""

    def sign_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def as_borrower(db: None) -> Callable[[Any], BorrowersClient]:
    """``as_borrower(anna)`` is a client of the API with Anna's session token."""
    from identity import actions as identity

    def open_session(borrower: Any) -> BorrowersClient:
        client = BorrowersClient()
        client.borrower_session, client.secret = identity.open_borrower_session(borrower=borrower)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {client.secret}")
        return client

    return open_session


@pytest.fixture(scope="session")
def lender_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture(scope="session")
def lender_public_key(lender_key: Ed25519PrivateKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "lender.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(lender_key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo))
    return path


@pytest.fixture
def trust_the_lender(db: None, settings: Any, lender_public_key: Path) -> Iterator[None]:
    """The desk believes tokens of the test lender."""
    settings.TOKEN_ALGORITHM = "EdDSA"
    settings.TOKEN_KEYS = [f"{KEY_ID}={lender_public_key}"]
    settings.TOKEN_ISSUER = "lender"
    settings.TOKEN_AUDIENCE = "supportdesk-chat"
    yield


@pytest.fixture
def borrower_token(trust_the_lender: None, lender_key: Ed25519PrivateKey) -> Callable[..., str]:
    """``borrower_token(sub="C-1")`` is a fresh token as the lender's site signs it; a claim of None is left out."""

    def sign(headers: dict[str, Any] | None = None, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": "lender", "aud": "supportdesk-chat", "sub": "C-104577", "iat": now, "exp": now + 300}
        usual |= {"jti": str(uuid.uuid4()), "name": "Анна Игоревна Ковалёва", "first_name": "Анна", "language": "ru"}
        said = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode(said, lender_key, algorithm="EdDSA", headers={"kid": KEY_ID} | (headers or {}))

    return sign
