"""The search: newest hits first, only among what the actor may read, and never through a whole large table.

A frequent word is looked for in the newest rows first, then in spans of time that grow sixteenfold: whatever is not
found in one span is so rare that the next one holds few hits. So a page costs the same however large the past is.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import SearchQueryField
from django.db import connection, transaction
from django.db.models import BooleanField, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from chat.access import conversations_visible_to, few_visible_to
from identity.access import Actor
from identity.models import Borrower
from tickets.models import SearchDocument
from tickets.rules import search_keys as keys
from tickets.rules.search import BEGIN, END, Asked, Piece, excerpt_of

PAGE = 20
COUNTED = 1_000  # "more than 1,000" beyond
NEWEST = 3_000  # rows looked through for a word that is everywhere
FEW = 2_000  # conversations: those who may read no more are searched conversation by conversation
RANKED = 500

PLANNED = """
set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
set local statement_timeout = '5s'
"""
TERMS = """
select place, (case when is_phrase then phraseto_tsquery('russian', search_plain(said))
               else plainto_tsquery('russian', search_plain(said)) end)::text
  from unnest(%s::int[], %s::text[], %s::bool[]) as t(place, said, is_phrase)
"""
MARKED = """
select e.id, ts_headline('russian', search_plain(e.body), %s::tsquery, %s)
  from chat_entry e where e.id = any(%s)
"""
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Narrowed:
    """What the results are narrowed to; empty means everything."""

    channel: str = ""
    topic: str = ""
    agent: str = ""
    status: str = ""
    author: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Hit:
    """One line of the results."""

    document: SearchDocument
    pieces: Sequence[Piece]


@contextmanager
def planned() -> Iterator[None]:
    """A unit of reading in which Postgres walks indexes only, and not for ever."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLANNED)
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


def readable(actor: Actor, narrowed: Narrowed) -> tuple[QuerySet[SearchDocument], bool]:
    """What of the index the actor may read, and whether these are few enough to be gone through."""
    few = few_visible_to(actor, FEW)
    documents = SearchDocument.objects.filter(conversation__in=conversations_visible_to(actor) if few is None else few)
    if isinstance(actor, Borrower):
        documents = documents.filter(is_public=True).exclude(kind="note")
    return documents.filter(_narrowing(narrowed)), few is not None


def _narrowing(narrowed: Narrowed) -> Q:
    asked = {
        "conversation__channel": narrowed.channel,
        "conversation__ticket__topic__code": narrowed.topic,
        "conversation__ticket__assignee": narrowed.agent,
        "conversation__ticket__status": narrowed.status,
        "author_kind": narrowed.author,
        "at__gte": narrowed.since,
        "at__lt": narrowed.until,
    }
    return Q(**{name: value for name, value in asked.items() if value})


def newest(
    actor: Actor, tab: str, words: str, narrowed: Narrowed, *, before: Place | None = None, most: int = PAGE
) -> list[SearchDocument]:
    """The newest hits before a place, at most so many."""
    documents, is_few = readable(actor, narrowed)
    top = before[0] if before else narrowed.until or timezone.now() + timedelta(hours=1)
    if before:
        documents = documents.filter(Q(at__lt=top) | Q(at=top, pk__lt=before[1]))
    found: list[SearchDocument] = []
    for span in _spans(tab, top, narrowed, is_few):
        hits = documents.filter(span).filter(_hits(words)).order_by("-at", "-pk")
        wanted = hits.select_related("conversation__borrower", "conversation__ticket__topic", "entry", "attachment")
        found += list(wanted.exclude(pk__in=[each.pk for each in found])[: most - len(found)])
        if len(found) >= most:
            break
    return sorted(found, key=lambda one: (one.at, one.pk), reverse=True)


def best(actor: Actor, tab: str, words: str, narrowed: Narrowed) -> list[SearchDocument]:
    """The best of the newest hits."""
    ids = [each.pk for each in newest(actor, tab, words, narrowed, most=RANKED)]
    hits = SearchDocument.objects.filter(pk__in=ids).annotate(rank=_rank(words))
    wanted = hits.select_related("conversation__borrower", "conversation__ticket__topic", "entry", "attachment")
    return list(wanted.order_by("-rank", "-at", "-pk")[:PAGE])


def _hits(words: str) -> Func:
    return Func(F("words"), _query(words), arg_joiner=" @@ ", template="%(expressions)s", output_field=BooleanField())


def _rank(words: str) -> Func:
    return Func(F("words"), _query(words), function="ts_rank_cd", output_field=FloatField())


def _query(words: str) -> Cast:
    """A query of Postgres as it stands: its lexemes are made already."""
    return Cast(Value(words), SearchQueryField())


def count(actor: Actor, tab: str, words: str, narrowed: Narrowed) -> int:
    """How many hits there are; one more than ``COUNTED`` stands for more."""
    documents, is_few = readable(actor, narrowed)
    top, total = narrowed.until or timezone.now() + timedelta(hours=1), 0
    for span in _spans(tab, top, narrowed, is_few)[0 if is_few else 1 :]:
        hits = documents.filter(span).filter(_hits(words)).values("pk")
        total += hits[: COUNTED + 1 - total].count()
        if total > COUNTED:
            break
    return total


def _spans(tab: str, top: datetime, narrowed: Narrowed, is_few: bool) -> list[Q]:
    """Where to look, one after the other: the newest rows, then ever longer spans that do not overlap."""
    own = Q(keys__contains=[keys.TABS[tab]])
    if is_few:
        return [own]
    rows = SearchDocument.objects.filter(at__lte=top).order_by("-at", "-pk").values("pk")[:NEWEST]
    short, long = (keys.begins_at(bits, top, before=1) for bits in (keys.SHORT_BITS, keys.LONG_BITS))
    first = Q(at__gte=short, keys__overlap=keys.span_keys(keys.SHORT, keys.SHORT_BITS, short, top))
    second = Q(at__lt=short, at__gte=long, keys__overlap=keys.span_keys(keys.LONG, keys.LONG_BITS, long, short))
    return [own & Q(pk__in=rows), own & first, own & second, own & Q(at__lt=long)]


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
    found: dict[Any, list[Piece]] = {}
    for tab in (keys.MESSAGES, keys.TICKETS, keys.FILES):
        documents = newest(borrower, tab, words, Narrowed(), most=200)
        for hit in hits_of(documents, words, asked):
            found.setdefault(hit.document.conversation_id, list(hit.pieces))
    return found
