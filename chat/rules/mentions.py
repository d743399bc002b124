"""Mentions in internal notes: `@Имя` or `@Имя Фамилия`, read with the names of those who may be mentioned."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

People = Mapping[str, Collection[UUID]]


class Colleague(NamedTuple):
    """A staff member who may read a conversation, and so may be mentioned in its notes."""

    id: UUID
    display_name: str
    full_name: str


class Mentions(NamedTuple):
    """Who is mentioned, and the names as they stand in the text, each once, in the order of the text."""

    people: list[UUID]
    names: list[str]


def mentions_in(body: str, people: People) -> Mentions:
    """The longest name that fits after each `@`; letter case and the dots of `ё` do not matter.

    A name that several people have means all of them; a name of nobody here is plain text, and so is an e-mail address.
    """
    ids = {_plain(" ".join(name.split())): found for name, found in people.items() if name.strip()}
    if not ids or "@" not in body:
        return Mentions([], [])
    names = "|".join(r"\s+".join(map(re.escape, name.split())) for name in sorted(ids, key=len, reverse=True))
    mentioned: dict[UUID, None] = {}
    written: dict[str, None] = {}
    for match in re.finditer(rf"(?<!\w)@({names})(?!\w)", _dotless(body), re.IGNORECASE):
        written[body[match.start(1) : match.end(1)]] = None
        mentioned.update(dict.fromkeys(ids.get(_plain(" ".join(match[1].split())), ())))
    return Mentions(list(mentioned), list(written))


def names_of(colleagues: Iterable[Colleague]) -> dict[str, set[UUID]]:
    """Every name somebody may be called by, with all who have it."""
    people = defaultdict(set)
    for colleague in colleagues:
        people[colleague.display_name].add(colleague.id)
        people[colleague.full_name].add(colleague.id)
    return dict(people)


def short_names(colleagues: Collection[Colleague]) -> dict[UUID, str]:
    """What to write after the `@` so that it means this person: the full name where colleagues share the short one."""
    people = names_of(colleagues)
    return {one.id: one.display_name if len(people[one.display_name]) == 1 else one.full_name for one in colleagues}


def _plain(name: str) -> str:
    return _dotless(name).casefold()


def _dotless(text: str) -> str:
    """The same text, letter for letter, without the dots of `ё`."""
    return text.replace("ё", "е").replace("Ё", "Е")
