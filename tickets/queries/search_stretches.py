"""Where the search looks: one stretch of the past after the other, the newest first, none of them twice.

A frequent word is looked for in the newest rows, then in spans of time that grow sixteenfold: whatever is not found in
one span is so rare that the next one holds few hits. So a page costs the same however large the past is.

Postgres guesses badly how many rows have several words or lack one, and then walks the wrong index to its end. So each
stretch is asked in words that only the right index understands: the newest rows by a function no index knows, the
spans by moments that the index of times does not know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, DateTimeField, ExpressionWrapper, F, FloatField, Func, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from chat.access import conversations_visible_to, few_visible_to, sees_every_conversation
from identity.access import Actor
from identity.models import Borrower
from tickets.models import SearchDocument
from tickets.rules import search_keys as keys

NEWEST = 3_000  # rows looked through for a word that is everywhere
FEW = 2_000  # conversations: those who may read no more are searched conversation by conversation

Place = tuple[datetime, int]  # of a document, by when it was said and its number
MOMENT = ExpressionWrapper(F("at") + Value(timedelta()), output_field=DateTimeField())


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
class Stretch:
    """The hits of a stretch of the past, and where it ends; ``ends`` is None where nothing is older."""

    hits: QuerySet[SearchDocument]
    ends: Place | None = None

    @property
    def newest_first(self) -> QuerySet[SearchDocument]:
        return self.hits.order_by(F("moment").desc(), "-pk")


@dataclass(frozen=True)
class Sought:
    """What somebody looks for, in one tab."""

    actor: Actor
    tab: str
    words: str
    narrowed: Narrowed

    def begins_at(self, before: Place | None) -> Place:
        """Everything older than this place is looked through."""
        top = (self.narrowed.until or timezone.now() + timedelta(hours=1), 0)
        return min(before, top) if before else top


def stretches(sought: Sought, before: Place | None) -> Iterator[Stretch]:
    """What is older than a place: the newest rows, then ever longer spans."""
    place = sought.begins_at(before)
    documents, is_few = _searched(sought)
    if is_few:
        yield _span(documents, sought, place)
        return
    newest = _newest_rows(documents, sought, place)
    yield newest
    if newest.ends is not None:
        yield from _spans(documents, sought, newest.ends)


def countable(sought: Sought) -> Iterator[Stretch]:
    """The same past in stretches whose hits are quickly counted."""
    documents, is_few = _searched(sought)
    place = sought.begins_at(None)
    if is_few:
        yield _span(documents, sought, place)
    else:
        yield from _spans(documents, sought, place)


def allowed(actor: Actor) -> QuerySet[SearchDocument]:
    """What of the index the actor may read."""
    return _of(actor).filter(conversation__in=conversations_visible_to(actor))


def _of(actor: Actor) -> QuerySet[SearchDocument]:
    documents = SearchDocument.objects.all()
    return documents.filter(is_public=True).exclude(kind="note") if isinstance(actor, Borrower) else documents


def _searched(sought: Sought) -> tuple[QuerySet[SearchDocument], bool]:
    """What is gone through, and whether it is so little that it needs no stretches.

    Whoever may read every conversation is not asked about each hit: the probe's, the only others, are in no index.
    """
    few = few_visible_to(sought.actor, FEW)
    if few is not None:
        documents = _of(sought.actor).filter(conversation__in=few)
    elif sees_every_conversation(sought.actor):
        documents = _of(sought.actor)
    else:
        documents = allowed(sought.actor)
    return documents.filter(_narrowing(sought.narrowed)), few is not None


def _narrowing(narrowed: Narrowed) -> Q:
    asked = {
        "conversation__channel": narrowed.channel,
        "conversation__ticket__topic__code": narrowed.topic,
        "conversation__ticket__assignee": narrowed.agent,
        "conversation__ticket__status": narrowed.status,
        "author_kind": narrowed.author,
    }
    return Q(**{name: value for name, value in asked.items() if value})


def _newest_rows(documents: QuerySet[SearchDocument], sought: Sought, place: Place) -> Stretch:
    """So many rows, one by one in the order of their index."""
    at, number = place
    rows = Q(at__lte=at) & ~Q(at=at, pk__gte=number)
    if sought.narrowed.since:
        rows &= Q(at__gte=sought.narrowed.since)
    order = SearchDocument.objects.filter(rows).order_by("-at", "-pk").values_list("at", "pk")
    edge: Place | None = order[NEWEST - 1 : NEWEST].first()
    if edge is not None:
        rows &= Q(at__gte=edge[0]) & ~Q(at=edge[0], pk__lt=edge[1])
    matched = Func(F("words"), _query(sought.words), function="ts_match_vq", output_field=BooleanField())
    found = documents.alias(moment=F("at")).filter(rows, matched, kind__in=keys.KINDS[sought.tab])
    return Stretch(found, edge)


def _spans(documents: QuerySet[SearchDocument], sought: Sought, place: Place) -> Iterator[Stretch]:
    """Weeks, then months, then the rest, each by the words and the span's own numbers in one index."""
    for base, bits in ((keys.SHORT, keys.SHORT_BITS), (keys.LONG, keys.LONG_BITS)):
        begins = keys.begins_at(bits, place[0], before=1)
        within = Q(keys__overlap=keys.span_keys(base, bits, begins, place[0]), moment__gte=begins)
        stretch = _span(documents, sought, place)
        if sought.narrowed.since and begins <= sought.narrowed.since:
            yield Stretch(stretch.hits.filter(within))
            return
        place = (begins, 0)
        yield Stretch(stretch.hits.filter(within), place)
    yield _span(documents, sought, place)


def _span(documents: QuerySet[SearchDocument], sought: Sought, place: Place) -> Stretch:
    """The hits of everything older than a place."""
    older = Q(moment__lt=place[0]) | Q(moment=place[0], pk__lt=place[1])
    if sought.narrowed.since:
        older &= Q(moment__gte=sought.narrowed.since)
    own = Q(keys__contains=[keys.TABS[sought.tab]])
    return Stretch(documents.alias(moment=MOMENT).filter(own, older, _hits(sought.words)))


def _hits(words: str) -> Func:
    return Func(F("words"), _query(words), arg_joiner=" @@ ", template="%(expressions)s", output_field=BooleanField())


def _query(words: str) -> Cast:
    """A query of Postgres as it stands: its lexemes are made already."""
    return Cast(Value(words), SearchQueryField())


def rank_of(words: str) -> Func:
    """How well a document fits."""
    return Func(F("words"), _query(words), function="ts_rank_cd", output_field=FloatField())
