"""A conversation as the checks see it: who said what, and when on the desk's clock."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from quality.rules.wording import fold, without_quotations

MAX_LENGTH = 20_000  # characters of one message that are looked at


class Side(StrEnum):
    BORROWER = "borrower"
    STAFF = "staff"


@dataclass(frozen=True)
class Message:
    """What one side said. ``at`` counts seconds of the desk's working time since the conversation started."""

    seq: int
    side: Side
    author_id: str
    author_name: str
    text: str
    at: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text[:MAX_LENGTH])

    @cached_property
    def folded(self) -> str:
        """The text for comparing: lower case, «е» for «ё»; every character keeps its place."""
        return fold(self.text)

    @cached_property
    def own_words(self) -> str:
        """The folded text with quotations blanked out: a person answers for their own words only."""
        return without_quotations(self.folded)


@dataclass(frozen=True)
class Block:
    """Consecutive messages of one side."""

    side: Side
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Transcript:
    """A conversation's messages as evidence. ``ended_at`` is on the same clock as the messages."""

    channel: str
    messages: tuple[Message, ...]
    borrower_name: str = ""
    ended_at: float | None = None
    own_hosts: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def staff_messages(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.side == Side.STAFF)

    @cached_property
    def borrower_messages(self) -> tuple[Message, ...]:
        return tuple(message for message in self.messages if message.side == Side.BORROWER)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        blocks: list[list[Message]] = []
        for message in self.messages:
            if blocks and blocks[-1][0].side == message.side:
                blocks[-1].append(message)
            else:
                blocks.append([message])
        return tuple(Block(side=group[0].side, messages=tuple(group)) for group in blocks)

    @property
    def is_letter(self) -> bool:
        return self.channel == "email"

    @property
    def can_be_scored(self) -> bool:
        """A conversation is judged when both sides have spoken."""
        return bool(self.staff_messages and self.borrower_messages)

    @property
    def main_author_id(self) -> str:
        """The staff member who wrote most; of equals, who came first."""
        counts: dict[str, int] = {}
        for message in self.staff_messages:
            counts[message.author_id] = counts.get(message.author_id, 0) + 1
        return max(counts, key=lambda author: counts[author], default="")
