"""What the clients wrote, were promised and were shown: everything the checker compares with the log."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LATE = 1.0  # seconds from writing to showing beyond which a delivery counts as late


@dataclass(slots=True)
class Message:
    """One message as its author knows it; ``waiting`` readers have not been shown it yet."""

    mark: str
    id: str
    conversation: str
    kind: str
    body: str
    author: str
    audience: str
    written_at: float
    waiting: int
    seq: int = 0  # in the numbers of the author's audience, once acknowledged


@dataclass
class Ledger:
    """The books of one chapter. ``problems`` are what a client saw that may never happen."""

    messages: dict[str, Message] = field(default_factory=dict)
    open: dict[str, Message] = field(default_factory=dict)
    acknowledged: int = 0
    last_late: float = 0.0
    delays: list[float] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)

    def wrote(self, message: Message) -> None:
        self.messages[message.mark] = message
        self.open[message.mark] = message

    def posted(self, message: Message, seq: int) -> None:
        if message.seq and message.seq != seq:
            self.problem("lost", f"{message.mark} was acknowledged as {message.seq} and as {seq}")
        if not message.seq:
            self.acknowledged += 1
        message.seq = seq

    def shown(self, mark: str) -> None:
        message = self.open.get(mark)
        if message is None:
            return
        now = time.monotonic()
        self.delays.append(now - message.written_at)
        if now - message.written_at > LATE:
            self.last_late = now
        message.waiting -= 1
        if message.waiting <= 0:
            del self.open[mark]

    def problem(self, kind: str, words: str) -> None:
        self.problems.append({"kind": kind, "words": words, "at": time.time()})

    @property
    def backlog_age(self) -> float:
        """Seconds since the oldest message that somebody still waits for was written."""
        oldest = next(iter(self.open.values()), None)
        return 0.0 if oldest is None else time.monotonic() - oldest.written_at

    @property
    def is_quiet(self) -> bool:
        return not self.open
