"""Reading the log for a socket: the right and the page in one visit to the database thread."""

from dataclasses import dataclass
from uuid import UUID

import orjson

from chat.access import heads_visible
from chat.events import entry_frame
from chat.queries import entries_after
from chat.rules.pace import WINDOW_ENTRIES


@dataclass(frozen=True, slots=True)
class Page:
    """Encoded frames after a position; ``head`` None says that nothing is visible to this person."""

    head: int | None
    frames: list[tuple[int, str]]
    may_write: bool = False


def read_log(who: tuple[str, UUID, UUID], audience: str, after: int) -> Page:
    """The next page. The head is read before the entries, so entries up to it are there."""
    heads = heads_visible([who]).get(who[1:])
    if heads is None:
        return Page(None, [])
    head = heads.of(audience)
    entries = entries_after(conversation=who[2], audience=audience, after=after, limit=WINDOW_ENTRIES)
    frames = [entry_frame(entry, audience) for entry in entries] if head > after else []
    return Page(head, [(frame["seq"], orjson.dumps(frame).decode()) for frame in frames], heads.may_write)
