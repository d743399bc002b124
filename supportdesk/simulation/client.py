"""A client of the desk's front doors, written from docs/protocol.md alone."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

Frame = dict[str, Any]
PING_EVERY = 20  # seconds


class FrontDoorError(Exception):
    """The desk refused something the simulation expected to be allowed."""


@dataclass
class Client:
    """One person's HTTP session and socket. ``headers`` prove who they are on every request."""

    desk: str
    http: httpx.AsyncClient
    headers: dict[str, str] = field(default_factory=dict)
    socket: ClientConnection | None = None
    answers: dict[str, asyncio.Future[Frame]] = field(default_factory=dict)
    posting: set[asyncio.Task[Frame]] = field(default_factory=set)

    async def call(self, method: str, path: str, body: Frame | None = None) -> Any:
        """One API request; raises FrontDoorError with the desk's own code when it is refused."""
        response = await self.http.request(method, f"{self.desk}{path}", json=body, headers=self.headers)
        if response.is_error:
            raise FrontDoorError(f"{method} {path}: {response.status_code} {response.text[:200]}")
        return response.json() if response.content else None

    async def connect(self) -> None:
        ticket = (await self.call("POST", "/api/v1/socket-tickets", {}))["ticket"]
        parts = urlsplit(self.desk)
        scheme = "wss" if parts.scheme == "https" else "ws"
        self.socket = await connect(
            f"{scheme}://{parts.netloc}/ws/v1/",
            subprotocols=[Subprotocol("supportdesk.v1")],
            additional_headers={"Origin": self.desk},
            max_size=2**20,
            ping_interval=None,
        )
        await self.send({"type": "hello", "ticket": ticket, "client": str(uuid.uuid4()), "subscriptions": []})

    async def send(self, frame: Frame) -> None:
        assert self.socket is not None
        await self.socket.send(json.dumps(frame, ensure_ascii=False))

    async def frames(self) -> AsyncIterator[Frame]:
        """Everything the desk sends; posts are answered and credit is returned on the way."""
        assert self.socket is not None
        async for text in self.socket:
            frame = json.loads(text)
            if frame["type"] in {"posted", "refused"} and frame["id"] in self.answers:
                self.answers.pop(frame["id"]).set_result(frame)
            if frame["type"] == "entry.posted":
                await self.send({"type": "received", "conversation": frame["conversation"], "seq": frame["seq"]})
            yield frame

    async def keep_alive(self) -> None:
        for n in range(10**6):
            await asyncio.sleep(PING_EVERY)
            await self.send({"type": "ping", "n": n})

    async def subscribe(self, conversation: str, after: int = 0) -> None:
        await self.send({"type": "subscribe", "conversation": conversation, "after": after})

    async def post(self, conversation: str, body: str) -> Frame:
        """Post a message and wait until the desk has stored it; repeated while the desk asks for patience."""
        message = {"type": "message.post", "id": str(uuid.uuid4()), "conversation": conversation, "body": body}
        for _ in range(20):
            self.answers[message["id"]] = asyncio.get_running_loop().create_future()
            future = self.answers[message["id"]]
            await self.send(message | {"attachments": [], "kind": "message"})
            answer = await asyncio.wait_for(future, 30)
            if answer["type"] == "posted":
                return answer
            if "retry_after" not in answer:
                raise FrontDoorError(f"message.post: {answer['code']}")
            await asyncio.sleep(max(answer["retry_after"], 0.1))
        raise FrontDoorError("message.post: the desk stayed busy")

    async def post_soon(self, conversation: str, body: str) -> None:
        """Post from inside the loop over ``frames``: that loop takes the answer, so this must not wait for it."""
        task = asyncio.get_running_loop().create_task(self.post(conversation, body))
        self.posting.add(task)
        task.add_done_callback(self.posting.discard)

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()


async def borrower(desk: str, http: httpx.AsyncClient, token: str) -> Client:
    """A borrower who comes with the lender's signed token."""
    client = Client(desk=desk, http=http)
    session = await client.call("POST", "/api/v1/borrower-sessions", {"token": token})
    client.headers = {"Authorization": f"Bearer {session['session_token']}"}
    return client


async def staff(desk: str, http: httpx.AsyncClient, email: str, password: str) -> Client:
    """A staff member who signs in at the login page with cookies and CSRF token, as a browser does."""
    page = await http.get(f"{desk}/login/")
    marker = 'name="csrfmiddlewaretoken" value="'
    token = page.text.split(marker, 1)[1].split('"', 1)[0]
    form = {"csrfmiddlewaretoken": token, "email": email, "password": password}
    response = await http.post(f"{desk}/login/", data=form, headers={"Referer": f"{desk}/login/", "Origin": desk})
    if response.status_code != 302:
        raise FrontDoorError(f"sign-in of a simulated agent: {response.status_code}")
    headers = {"X-CSRFToken": http.cookies["csrftoken"], "Origin": desk, "Referer": f"{desk}/"}
    return Client(desk=desk, http=http, headers=headers)
