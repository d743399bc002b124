"""The search: newest hits first, only among what the actor may read, and never through a whole large table.

Where it looks, and in which order, ``search_stretches`` says. Rows are found by their numbers first; only those of the
page are read, with whatever is shown of them, and the rights are asked once more when they are.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from identity.access import Actor
from identity.models import Borrower
from tickets.models import SearchDocument
from tickets.queries.search_stretches import Narrowed, Place, Sought, Stretch, allowed, countable, rank_of, stretches
from tickets.rules import search_keys as keys
from tickets.rules.search import BEGIN, END, Asked, Piece, excerpt_of

PAGE = 20
COUNTED = 1_000  # "more than 1,000" beyond
RANKED = 500
PATIENCE = 0.025  # seconds after which a page shows what it has, and looks further back by a request of its own
AT_MOST = 5.0  # seconds of any one statement

PLANNED = """
set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local statement_timeout = %s
"""
LIMITED = "set local statement_timeout = %s"
TERMS = """
select place, (case when is_phrase then phraseto_tsquery('russian', search_plain(said))
               else plainto_tsquery('russian', search_plain(said)) end)::text
  from unnest(%s::int[], %s::text[], %s::bool[]) as t(place, said, is_phrase)
"""
MARKED = """
select e.id, ts_headline('russian', search_plain(e.body), %s::tsquery, %s)
  from chat_entry e where e.id = any(%s)
"""


@dataclass(frozen=True)
class Hit:
    """One line of the results."""

    document: SearchDocument
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Looked:
    """The hits found, and where the search stopped for want of time; None when it stopped for no such reason."""

    documents: list[SearchDocument] = field(default_factory=list)
    stopped_at: Place | None = None


@contextmanager
def planned() -> Iterator[None]:
    """A unit of reading in which Postgres walks indexes only, and not for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLANNED, [_milliseconds(AT_MOST)])
        yield


def words_of(asked: Asked, *, also: dict[str, list[str]] | None = None) -> str:
    """The question as Postgres asks its index; empty when only words are left that every text has.

    ``also`` says for a word of the question which names may be meant by it.
    """
    said = [(place, each.text, each.is_phrase) for place, each in enumerate(asked.terms)]
    for place, each in enumerate(asked.terms):
        said += [(place, name, False) for name in (also or {}).get(each.text, [])]
    if not said:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(TERMS, [list(column) for column in zip(*said, strict=True)])
        found = cursor.fetchall()
    parts, is_wanted = [], False
    for place, term in enumerate(asked.terms):
        own = [f"({text})" for at, text in found if at == place and text]
        own += [f"'n{term.number}'"] if term.number else []
        if own:
            parts.append(f"{'' if term.is_wanted else '!'}({' | '.join(own)})")
            is_wanted = is_wanted or term.is_wanted
    return " & ".join(parts) if is_wanted else ""


def newest(sought: Sought, *, before: Place | None = None, most: int = PAGE, patience: float = AT_MOST) -> Looked:
    """The newest hits before a place, at most so many, and as far back as so many seconds allow.

    The first stretch is looked through in any case.
    """
    ends = time.monotonic() + patience
    found: list[int] = []
    reached: Place | None = None
    for stretch in stretches(sought, before):
        left = ends - time.monotonic() if reached else AT_MOST
        numbers = _numbers(stretch, most - len(found), left)
        if numbers is None:
            return Looked(_documents(sought.actor, found), reached)
        found += numbers
        if len(found) >= most:
            break
        reached = stretch.ends
    return Looked(_documents(sought.actor, found))


def _numbers(stretch: Stretch, most: int, seconds: float) -> list[int] | None:
    """The newest of a stretch, or None when it would take longer than so many seconds."""
    found = stretch.newest_first.values_list("pk", flat=True)[:most]
    if seconds >= AT_MOST:
        return list(found)
    if seconds <= 0:
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LIMITED, [_milliseconds(seconds)])
            numbers = list(found)
            cursor.execute(LIMITED, [_milliseconds(AT_MOST)])
            return numbers
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None


def _milliseconds(seconds: float) -> int:
    return max(1, int(1000 * seconds))


def _documents(actor: Actor, numbers: list[int]) -> list[SearchDocument]:
    """The lines themselves, if the actor may read them."""
    if not numbers:
        return []
    wanted = allowed(actor).select_related("conversation__borrower", "conversation__ticket__topic")
    found = wanted.select_related("entry", "attachment").in_bulk(numbers)
    return [found[number] for number in numbers if number in found]


def best(sought: Sought) -> list[SearchDocument]:
    """The best of the newest hits."""
    found: list[int] = []
    for stretch in stretches(sought, None):
        found += stretch.newest_first.values_list("pk", flat=True)[: RANKED - len(found)]
        if len(found) >= RANKED:
            break
    rank = rank_of(sought.words)
    ranked = SearchDocument.objects.filter(pk__in=found).annotate(rank=rank).order_by("-rank", "-at", "-pk")
    return _documents(sought.actor, list(ranked.values_list("pk", flat=True)[:PAGE]))


def count(sought: Sought) -> int:
    """How many hits there are; one more than ``COUNTED`` stands for more."""
    total = 0
    for stretch in countable(sought):
        total += stretch.hits.values("pk")[: COUNTED + 1 - total].count()
        if total > COUNTED:
            break
    return total


def hits_of(documents: Sequence[SearchDocument], words: str, asked: Asked) -> list[Hit]:
    """The lines with the hits marked."""
    marks = f"HighlightAll=true, StartSel={BEGIN}, StopSel={END}"
    with connection.cursor() as cursor:
        cursor.execute(MARKED, [words, marks, [one.entry_id for one in documents]])
        marked: dict[int, str] = dict(cursor.fetchall())
    numbers = tuple(term.number for term in asked.terms if term.number and term.is_wanted)
    return [Hit(one, _pieces(one, marked, numbers)) for one in documents]


def _pieces(one: SearchDocument, marked: dict[int, str], numbers: tuple[str, ...]) -> list[Piece]:
    if one.kind == "file" and one.attachment is not None:
        return excerpt_of("", one.attachment.name, numbers)
    return excerpt_of(marked.get(one.entry_id, ""), one.entry.body, numbers)


def history_hits(borrower: Borrower, words: str, asked: Asked) -> dict[Any, list[Piece]]:
    """For each of the borrower's own conversations with a hit, the newest one; notes are never looked into."""
    newest_of: dict[Any, SearchDocument] = {}
    for tab in (keys.MESSAGES, keys.TICKETS, keys.FILES):
        for one in newest(Sought(borrower, tab, words, Narrowed()), most=200).documents:
            newest_of.setdefault(one.conversation_id, one)
    found = hits_of(list(newest_of.values()), words, asked)
    return {hit.document.conversation_id: list(hit.pieces) for hit in found}
