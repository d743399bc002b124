"""How much one request may bring, asked of the whole application."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from supportdesk.bodies import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)


def ask(headers: dict[str, str], bodies: Iterator[bytes]) -> tuple[int, dict[str, Any], int]:
    """Status, JSON and how many pieces of the body were read."""
    from supportdesk.asgi import application

    pieces, said = 0, []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/borrower-sessions",
        "raw_path": b"/api/v1/borrower-sessions",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": "testserver", **headers}.items()],
        "client": ("127.0.0.1", 5000),
        "server": ("testserver", 80),
    }

    async def receive() -> dict[str, Any]:
        nonlocal pieces
        body = next(bodies, None)
        if body is None:
            await asyncio.sleep(60)  # a client that waits for the answer
        pieces += 1
        return {"type": "http.request", "body": body, "more_body": body != b""}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    asyncio.run(asyncio.wait_for(application(scope, receive, send), 30))
    return said[0]["status"], json.loads(b"".join(each.get("body", b"") for each in said)), pieces


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    status, answer, pieces = ask({"content-length": str(LIMIT + 1)}, iter([b"x"]))
    assert (status, answer["code"], pieces) == (413, "too_large", 0)
    assert answer["message"] == "Это слишком много: за один раз можно отправить не больше 12 МБ."


def test_a_body_without_a_length_is_read_up_to_the_limit() -> None:
    megabyte = b"x" * 1024 * 1024
    status, answer, pieces = ask({"accept-language": "en"}, (megabyte for _ in range(100)))
    assert (status, answer["code"], pieces) == (413, "too_large", 13)
    assert answer["message"] == "This is too large: at most 12 MB can be sent at once."


def test_a_usual_body_reaches_its_view() -> None:
    body = json.dumps({"token": "no token"}).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    status, answer, _ = ask(headers, iter([body, b""]))
    assert status in {400, 401, 403} and answer["code"] != "too_large"
