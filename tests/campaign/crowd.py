"""The load of one chapter: every client connected, messages at a fixed rate, whatever breaks meanwhile."""

import asyncio
import itertools
import uuid
from collections import defaultdict

from tests.campaign.client import Client
from tests.campaign.ledger import Ledger, Message
from tests.campaign.people import Chat, Staff

QUESTION = "Подскажите, пожалуйста, как продлить заём до пятницы?"
ANSWER = "Продлить можно в личном кабинете, в разделе «Мой займ»."
NOTE = "Заметка коллегам: клиент просит перенести дату."
BORROWERS_SHARE, NOTES_SHARE = 3, 6  # each third message is a borrower's, each sixth of staff a note
TICK = 0.02
_numbers = itertools.count(1)


class Crowd:
    """Clients of one set of conversations; two tabs of each borrower, one socket of each agent and the supervisor."""

    def __init__(self, port: int, chats: list[Chat], staff: Staff, rate: float) -> None:
        self.ledger = Ledger()
        self.chats = chats
        self.rate = rate
        self.writers: dict[tuple[str, str], Client] = {}
        self.clients: list[Client] = []
        by_agent: dict[str, list[str]] = defaultdict(list)
        for chat in chats:
            tabs = [Client(port, chat.borrower, self.ledger, [chat.id]) for _ in range(2)]
            self.clients += tabs
            self.writers[chat.id, "public"] = tabs[0]
            by_agent[chat.agent.name].append(chat.id)
        for _, account in staff.agents:
            if account.name in by_agent:
                agent = Client(port, account, self.ledger, by_agent[account.name])
                self.clients.append(agent)
                self.writers |= {(chat, "staff"): agent for chat in by_agent[account.name]}
        self.clients.append(Client(port, staff.supervisor[1], self.ledger, [chat.id for chat in chats]))
        self.clients += [Client(port, account, self.ledger, []) for _, account in staff.on_line]
        self._load: asyncio.Task[None] | None = None
        self._ticker = asyncio.create_task(self._tick_forever())

    async def is_here(self, seconds: float = 180) -> None:
        """Wait until everybody is connected."""
        async with asyncio.timeout(seconds):
            while not all(client.is_ready for client in self.clients):
                await asyncio.sleep(0.05)

    def begin(self) -> None:
        self._load = asyncio.create_task(self._write_forever())

    async def end(self) -> None:
        """Stop writing; what was written is still delivered."""
        if self._load is not None:
            self._load.cancel()
            await asyncio.gather(self._load, return_exceptions=True)
            self._load = None

    async def is_quiet(self, seconds: float) -> bool:
        """Whether everything written was shown to everybody within so many seconds."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not self.ledger.is_quiet or any(client.pending for client in self.clients):
            if asyncio.get_running_loop().time() > deadline:
                return False
            await asyncio.sleep(0.05)
        return True

    async def leave(self) -> None:
        await self.end()
        self._ticker.cancel()
        await asyncio.gather(*(client.leave() for client in self.clients))

    def readers_of(self, kind: str) -> int:
        return 2 if kind == "note" else 4

    async def _write_forever(self) -> None:
        loop = asyncio.get_running_loop()
        started = loop.time()
        for number in itertools.count():
            while (wait := started + number / self.rate - loop.time()) > 0:
                await asyncio.sleep(max(wait, TICK))
            self._write(number)

    def _write(self, number: int) -> None:
        chat = self.chats[number // BORROWERS_SHARE % len(self.chats)]
        if number % BORROWERS_SHARE == 0:
            self._put(chat, "public", "message", QUESTION)
            return
        chat = self.chats[(number * 7 + 3) % len(self.chats)]
        is_note = number % (BORROWERS_SHARE * NOTES_SHARE) == 1
        self._put(chat, "staff", "note" if is_note else "message", NOTE if is_note else ANSWER)

    def _put(self, chat: Chat, audience: str, kind: str, text: str) -> None:
        client = self.writers[chat.id, audience]
        mark = f"m{next(_numbers)}"
        now = asyncio.get_running_loop().time()
        body = f"{text} {mark}"
        client.write(
            Message(
                mark, str(uuid.uuid4()), chat.id, kind, body, client.account.name, audience, now, self.readers_of(kind)
            )
        )

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            for client in self.clients:
                client.tick()
