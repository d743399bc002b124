"""Whose an agent's seconds were: live chats and letters that waited in their hands, in equal parts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from tickets.rules.metrics import Interval

Matter = tuple[int | None, str]  # a topic and a channel
NOBODYS: Matter = (None, "")


@dataclass(frozen=True)
class Held:
    """What was in an agent's hands: a live chat, or a letter that waited for their answer."""

    matter: Matter
    since: datetime
    until: datetime
    is_live: bool


@dataclass(frozen=True)
class Stretch:
    """Time in which nothing changed: the chats and the letters in hand, and whether the agent said they worked."""

    since: datetime
    until: datetime
    is_working: bool
    chats: dict[Matter, int] = field(default_factory=dict)
    letters: dict[Matter, int] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        return (self.until - self.since).total_seconds()

    @property
    def level(self) -> int:
        return sum(self.chats.values())

    def allotted(self) -> Iterator[tuple[Matter, float]]:
        """The seconds that each matter cost; a live chat is work whatever the agent says of themselves."""
        in_hand = Counter(self.chats)
        if self.is_working or self.chats:
            in_hand.update(self.letters)
        parts = sum(in_hand.values())
        for matter, count in in_hand.items():
            yield matter, self.seconds * count / parts


def stretches(held: Iterable[Held], working: Iterable[Interval], cuts: Sequence[datetime]) -> Iterator[Stretch]:
    """One agent's time from the first to the last of ``cuts``, cut wherever something changes and at each of them."""
    first, last = cuts[0], cuts[-1]
    changes: list[tuple[datetime, int, int, Matter]] = [(at, 0, 0, NOBODYS) for at in cuts]
    for one in held:
        _add(changes, one.since, one.until, (1 if one.is_live else 2), one.matter)
    for since, until in working:
        _add(changes, since, until, 3, NOBODYS)
    changes.sort(key=lambda change: change[0])
    counts: tuple[Counter[Matter], ...] = (Counter(), Counter(), Counter(), Counter())
    for (at, what, change, matter), (following, *_rest) in pairwise(changes):
        counts[what][matter] += change
        if first <= at < following and at < last:
            chats, letters = +counts[1], +counts[2]
            is_working = counts[3][NOBODYS] > 0
            if chats or is_working:
                yield Stretch(at, min(following, last), is_working, dict(chats), dict(letters))


def _add(
    changes: list[tuple[datetime, int, int, Matter]], since: datetime, until: datetime, what: int, matter: Matter
) -> None:
    if since < until:
        changes.append((since, what, 1, matter))
        changes.append((until, what, -1, matter))
