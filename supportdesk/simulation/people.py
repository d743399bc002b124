"""How simulated borrowers, correspondents and agents behave."""

import asyncio
import contextlib
import smtplib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import httpx

from supportdesk.simulation import words
from supportdesk.simulation.client import Client, Frame, FrontDoorError
from supportdesk.simulation.inputs import Rhythm

Progress = Callable[[str], object]


async def pause(rhythm: Rhythm, simulated: float) -> None:
    await asyncio.sleep(rhythm.inputs.real(simulated))


def is_message_from(frame: Frame, kind: str) -> bool:
    entry = frame.get("entry", {})
    return frame["type"] == "entry.posted" and entry["kind"] == "message" and entry["author"]["kind"] == kind


def is_end(frame: Frame) -> bool:
    return frame["type"] == "entry.posted" and frame["entry"]["kind"] in {"resolved", "closed"}


async def borrow_and_ask(client: Client, *, index: int, rhythm: Rhythm, progress: Progress) -> None:
    """One borrower: comes, picks a topic, asks, goes on asking after every answer, thanks, and rates."""
    await pause(rhythm, rhythm.arrival())
    await client.connect()
    with contextlib.suppress(FrontDoorError):  # a dialog left open by an earlier run goes first
        await close_open_conversation(client)
    topic = words.TOPICS[index % len(words.TOPICS)]
    started = await client.call("POST", "/api/v1/conversations", {"topic": topic, "page": "Мой займ"})
    conversation = started["id"]
    await client.subscribe(conversation)
    await client.post_soon(conversation, words.QUESTIONS[index % len(words.QUESTIONS)])
    asked = 0
    async for frame in client.frames():
        if frame.get("conversation") != conversation:
            continue
        if is_end(frame):
            break
        if is_message_from(frame, "staff") and asked < rhythm.inputs.turns:
            asked += 1
            await pause(rhythm, rhythm.turn())
            last = asked == rhythm.inputs.turns
            await client.post_soon(
                conversation, words.THANKS if last else words.FOLLOW_UPS[asked % len(words.FOLLOW_UPS)]
            )
    await rate(client, conversation, index)
    await client.close()
    progress("chat")


async def close_open_conversation(client: Client) -> None:
    home = await client.call("GET", "/api/v1/home")
    if home.get("open_conversation"):
        await client.call("POST", f"/api/v1/conversations/{home['open_conversation']['id']}/close", {})


async def rate(client: Client, conversation: str, index: int) -> None:
    """Most are content; the desk may already have closed the door for ratings, which is no failure here."""
    rating = {"rating": 3 + index % 3, "solved": "yes", "comment": ""}
    with contextlib.suppress(FrontDoorError):
        await client.call("POST", f"/api/v1/conversations/{conversation}/rating", rating)


async def write_letter(
    smtp: str, mailbox: str, *, index: int, rhythm: Rhythm, progress: Progress, written: set[str]
) -> None:
    """One correspondent sends one letter by SMTP; ``written`` tells the agents from which address."""
    await pause(rhythm, rhythm.arrival())
    name = words.CORRESPONDENTS[index % len(words.CORRESPONDENTS)]
    subject = words.LETTER_SUBJECTS[index % len(words.LETTER_SUBJECTS)]
    letter = EmailMessage(policy=SMTP.clone(max_line_length=200))  # folding would lose spaces of Russian subjects
    address = f"writer{index}-{uuid.uuid4().hex[:8]}@mail.example"
    written.add(address)
    letter["From"] = f"{name} <{address}>"
    letter["To"] = mailbox
    letter["Subject"] = subject
    letter["Message-ID"] = f"<{uuid.uuid4()}@mail.example>"
    letter.set_content(words.LETTER_BODY.format(subject=subject.lower(), name=name))
    await asyncio.to_thread(send, smtp, letter)
    progress("letter sent")


def send(smtp: str, letter: EmailMessage) -> None:
    host, port = smtp.rsplit(":", 1)
    with smtplib.SMTP(host.removeprefix("smtp://"), int(port)) as connection:
        connection.send_message(letter)


@dataclass
class Agent:
    """One simulated agent: greets, answers each chat in its own rhythm, resolves, and answers letters in time.

    ``written`` are the addresses of this run: whatever letters lay in the inbox before are left to people.
    """

    client: Client
    name: str
    index: int
    rhythm: Rhythm
    progress: Progress
    written: set[str]
    chats: dict[str, asyncio.Queue[Frame]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)  # an inbox asked for earlier may still show a chat that is over
    letters: set[int] = field(default_factory=set)
    work: set[asyncio.Task[None]] = field(default_factory=set)
    letters_answered: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self) -> None:
        """Work until cancelled."""
        await self.client.connect()
        await self.client.call("PUT", "/api/v1/availability", {"state": "available", "reason": ""})
        self.begin(self.client.keep_alive())
        self.begin(self.look_around())
        async for frame in self.client.frames():
            if frame["type"] == "inbox.changed":
                self.changed.set()
            elif frame.get("conversation") in self.chats:
                self.chats[frame["conversation"]].put_nowait(frame)

    def begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.work.add(task)
        task.add_done_callback(self.work.discard)

    async def look_around(self) -> None:
        """A person glances at the inbox when the socket calls, and now and then whatever it says."""
        while True:
            self.changed.clear()
            with contextlib.suppress(FrontDoorError, httpx.TransportError):  # a busy desk is asked again
                await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), 2)

    async def look(self) -> None:
        inbox = await self.client.call("GET", "/api/v1/inbox")
        for slot in inbox["slots"]:
            ticket = slot["ticket"]
            if ticket and ticket["conversation"] not in self.chats.keys() | self.ended:
                self.chats[ticket["conversation"]] = asyncio.Queue()
                self.begin(self.lead(ticket))
        for ticket in inbox["letters"]:
            if ticket["number"] not in self.letters and self.should_answer(ticket):
                self.letters.add(ticket["number"])
                self.begin(self.answer_letter(ticket))

    def should_answer(self, letter: dict[str, Any]) -> bool:
        """The letters of this run are shared out by their numbers, so that no two agents reach for one."""
        return letter["address"] in self.written and letter["number"] % self.rhythm.inputs.agents == self.index

    async def lead(self, ticket: dict[str, Any]) -> None:
        """One chat from greeting to farewell."""
        conversation = ticket["conversation"]
        await self.client.subscribe(conversation)
        await pause(self.rhythm, self.rhythm.first_answer())
        greeting = words.GREETING.format(name=ticket["name"].split()[0], agent=self.name)
        await self.client.post(conversation, greeting)
        answered = 0
        greeted = False
        while True:
            frame = await self.chats[conversation].get()
            if is_end(frame):
                break
            greeted = greeted or is_message_from(frame, "staff")
            if not greeted or not is_message_from(frame, "borrower"):
                continue
            await pause(self.rhythm, self.rhythm.turn())
            if frame["entry"]["body"] == words.THANKS:
                await self.client.post(conversation, words.FAREWELL)
                await self.client.call("POST", f"/api/v1/tickets/{ticket['number']}/resolve", {})
                break
            await self.client.post(conversation, words.ANSWERS[answered % len(words.ANSWERS)])
            answered += 1
        self.ended.add(conversation)
        self.chats.pop(conversation, None)

    async def answer_letter(self, ticket: dict[str, Any]) -> None:
        """A letter waits its hour, is taken, answered, resolved; after a refusal it is met again where it still is."""
        await pause(self.rhythm, self.rhythm.letter())
        try:
            await self.client.call("POST", f"/api/v1/tickets/{ticket['number']}/take", {})
            name = ticket["name"].split()[0]
            body = words.LETTER_ANSWER.format(name=name, agent=self.name)
            await self.client.post(ticket["conversation"], body)
            if not ticket["topic_title"]:
                topic = words.TOPICS[ticket["number"] % len(words.TOPICS)]
                await self.client.call("PUT", f"/api/v1/tickets/{ticket['number']}/topic", {"topic": topic})
            await self.client.call("POST", f"/api/v1/tickets/{ticket['number']}/resolve", {})
            self.letters_answered += 1
            self.progress("letter")
        except (FrontDoorError, httpx.TransportError):
            self.letters.discard(ticket["number"])

    async def leave(self) -> None:
        for task in list(self.work):
            task.cancel()
        with contextlib.suppress(FrontDoorError):
            await self.client.call("PUT", "/api/v1/availability", {"state": "away", "reason": ""})
        await self.client.close()
