"""One HTTP request to the desk, over a connection of its own, as light as a load needs it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Account:
    """Who somebody is: ``headers`` authorise what they ask for."""

    name: str
    audience: str
    headers: str


async def request(
    port: int, account: Account, path: str, body: bytes = b"{}", kind: str = "application/json", method: str = "POST"
) -> dict[str, Any]:
    """The JSON of a good answer; raises OSError for any other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        host = f"127.0.0.1:{port}"
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{account.headers}"
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        return _read(await reader.read())
    finally:
        writer.close()


def _read(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    status = head[9:12]
    if status not in {b"200", b"201", b"204"}:
        raise OSError(f"answered {status!r}")
    if b"transfer-encoding: chunked" in head.lower():
        body = b"".join(body.split(b"\r\n")[1::2])
    try:
        return dict(orjson.loads(body)) if body.strip() else {}
    except ValueError as error:
        raise OSError("the answer ends in the middle") from error


async def fetch_ticket(port: int, account: Account) -> str:
    """A pass to one socket."""
    return str((await request(port, account, "/socket-tickets")).get("ticket"))
