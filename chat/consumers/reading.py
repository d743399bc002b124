"""Reading the log for sockets: rights and pages in one visit to the database thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson

from chat.access import Heads, heads_visible
from chat.events import entry_frame
from chat.queries import entries_after
from chat.rules.pace import WINDOW_ENTRIES


@dataclass(frozen=True, slots=True)
class Page:
    """Encoded frames after a position; ``head`` None says that nothing is visible to this person."""

    head: int | None
    frames: list[tuple[int, str]]
    may_write: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What comes after a position; ``who`` is the actor's kind, the actor, and the conversation."""

    who: tuple[str, UUID, UUID]
    audience: str
    after: int


def read_logs(questions: Sequence[Question]) -> list[Page]:
    """The next page for each. Heads are read before the entries, so entries up to them are there."""
    heads = heads_visible({each.who for each in questions})
    return [_page(each, heads.get(each.who[1:])) for each in questions]


def _page(asked: Question, heads: Heads | None) -> Page:
    if heads is None:
        return Page(None, [])
    head = heads.of(asked.audience)
    if head <= asked.after:
        return Page(head, [], heads.may_write)
    entries = entries_after(conversation=asked.who[2], audience=asked.audience, after=asked.after, limit=WINDOW_ENTRIES)
    frames = [entry_frame(entry, asked.audience) for entry in entries]
    return Page(head, [(frame["seq"], orjson.dumps(frame).decode()) for frame in frames], heads.may_write)
