"""A conversation as the checks see it: who said what, and when on the desk's clock."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from quality.rules.aids import NO_AIDS, Aids
from quality.rules.wording import fold, sentences, without_quotations
from tickets.rules.sla import Week, working_between

MAX_LENGTH = 20_000  # characters of one message that are looked at


class Side(StrEnum):
    BORROWER = "borrower"
    STAFF = "staff"


@dataclass(frozen=True)
class Message:
    """What one side said. ``at`` counts seconds of the desk's working time since the conversation started.

    ``moment`` is the same on the wall clock, for promises such as «до 18:00».
    """

    seq: int
    side: Side
    author_id: str
    author_name: str
    text: str
    at: float
    moment: datetime | None = None

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

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Where the sentences of its own words stand."""
        return sentences(self.own_words)


@dataclass(frozen=True)
class Block:
    """Consecutive messages of one side."""

    side: Side
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Fact:
    """Something the desk recorded between the messages: verified, transferred, topic_set, resolved, reopened, …"""

    seq: int
    kind: str
    at: float
    by: Side | None = None


@dataclass(frozen=True)
class Step:
    """A step of the topic's scenario, as the staff member marked it."""

    text_ru: str
    text_en: str
    is_done: bool


@dataclass(frozen=True)
class Transcript:
    """A conversation's messages as evidence. ``ended_at`` is on the same clock as the messages.

    ``identified_from`` is the number of the entry since which the desk knew who writes: 0 for a borrower who signed in,
    None when it never did. ``topic`` is None where there is no ticket, empty while nobody set one; ``is_complaint``
    is a property of the topic. ``goes_on``: it continues one that ended less than a day before.
    """

    channel: str
    messages: tuple[Message, ...]
    borrower_name: str = ""
    ended_at: float | None = None
    own_hosts: frozenset[str] = field(default_factory=frozenset)
    language: str = "ru"
    facts: tuple[Fact, ...] = ()
    topic: str | None = None
    is_complaint: bool = False
    scenario: tuple[Step, ...] = ()
    identified_from: int | None = None
    goes_on: bool = False
    week: Week | None = None
    names: frozenset[str] = field(default_factory=frozenset)
    aids: Aids = NO_AIDS

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

    @cached_property
    def discontent(self) -> tuple[float | None, ...]:
        """How negative each message of the borrower is by the model; None for each while no model is trained."""
        model = self.aids.negativity
        return tuple(None if model is None else model.probability(one.text) for one in self.borrower_messages)

    @property
    def is_letter(self) -> bool:
        return self.channel == "email"

    @property
    def can_be_scored(self) -> bool:
        """A conversation is judged when both sides have spoken."""
        return bool(self.staff_messages and self.borrower_messages)

    @property
    def closed_by_borrower(self) -> bool:
        endings = [fact for fact in self.facts if fact.kind in {"closed", "resolved"}]
        return bool(endings) and endings[-1].by == Side.BORROWER

    @property
    def main_author_id(self) -> str:
        """The staff member who wrote most; of equals, who came first."""
        counts: dict[str, int] = {}
        for message in self.staff_messages:
            counts[message.author_id] = counts.get(message.author_id, 0) + 1
        return max(counts, key=lambda author: counts[author], default="")

    def on_clock(self, moment: datetime) -> float | None:
        """A moment of the wall clock as seconds of working time since the first message."""
        started_at = self.messages[0].moment if self.messages else None
        if started_at is None:
            return None
        if self.week is None:
            return (moment - started_at).total_seconds()
        return working_between(self.week, started_at, moment)
