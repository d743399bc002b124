"""A page of results: four tabs with their counts, and the lines of the one that is open."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chat.models import AuthorKind, Channel
from identity.models import Borrower, Role, User
from identity.rules.pii import mask_phone
from tickets.models import Ticket
from tickets.queries import search
from tickets.queries.search import COUNTED, PAGE, Hit
from tickets.queries.search_people import names_like, people
from tickets.queries.search_stretches import Narrowed, Place
from tickets.queries.topics import topic_choices
from tickets.rules import search_keys as keys
from tickets.rules.search import Asked, asked_in

TABS = (keys.MESSAGES, "people", keys.TICKETS, keys.FILES)


@dataclass(frozen=True)
class Person:
    borrower: Borrower
    phone: str


@dataclass
class Found:
    """What is shown. ``after`` is where the next page begins; ``looked_to`` where this one stopped for want of time."""

    query: str
    tab: str
    order: str = "newest"
    is_asked: bool = False
    is_too_common: bool = False
    hits: list[Hit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    ticket: Ticket | None = None
    after: str = ""
    looked_to: str = ""
    shown: int = 0  # lines above these, on the page that asked on

    @property
    def tabs(self) -> list[tuple[str, None, bool]]:
        return [(tab, None, False) for tab in TABS]

    @property
    def on_page(self) -> int:
        return self.shown + len(self.hits) + (self.ticket is not None)

    @property
    def is_empty(self) -> bool:
        return not (self.hits or self.people or self.shown or (self.tab == keys.TICKETS and self.ticket))


@dataclass(frozen=True)
class Counted:
    """The tabs with how many hits each has. ``counts`` above ``COUNTED`` stand for more."""

    tab: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def tabs(self) -> list[tuple[str, int, bool]]:
        return [(tab, min(count, COUNTED), count > COUNTED) for tab, count in self.counts.items()]


def found(
    user: User, *, query: str, tab: str, order: str, narrowed: Narrowed, before: str, shown: int | None = None
) -> Found:
    """The page, read within one unit whose plans may not go through a whole table.

    The first page shows what there is time for; ``shown`` says how much it had when it asks for the rest.
    """
    asked = asked_in(query)
    if asked.is_empty:
        return Found(query, tab, order, is_asked=bool(query.strip()), is_too_common=bool(query.strip()))
    page = Found(query, tab, order, is_asked=True, shown=shown or 0)
    with search.planned():
        if tab == "people":
            page.is_too_common = not search.words_of(asked)
            _put_people(page, people(user, asked), before)
            return page
        words = _words_of(asked, tab)
        page.is_too_common = not words
        page.ticket = _ticket(user, asked) if tab == keys.TICKETS and not before else None
        if words:
            patience = search.PATIENCE if shown is None else search.AT_MOST
            _put_hits(page, search.Sought(user, tab, words, narrowed), asked, before, patience)
    return page


def counted(user: User, *, query: str, tab: str, narrowed: Narrowed) -> Counted:
    """How many hits each tab has. That takes longer than to find the newest of them, so it is asked apart."""
    asked = asked_in(query)
    if asked.is_empty:
        return Counted(tab, dict.fromkeys(TABS, 0))
    with search.planned():
        return Counted(tab, {each: _count(user, asked, each, narrowed) for each in TABS})


def _count(user: User, asked: Asked, tab: str, narrowed: Narrowed) -> int:
    if tab == "people":
        return people(user, asked).order_by().values("pk")[: COUNTED + 1].count()
    words = _words_of(asked, tab)
    total = search.count(search.Sought(user, tab, words, narrowed)) if words else 0
    return total + (tab == keys.TICKETS and _ticket(user, asked) is not None)


def _words_of(asked: Asked, tab: str) -> str:
    """The question as it is asked of a tab: the people of a ticket may be mistyped, what was said may not."""
    if tab != keys.TICKETS:
        return search.words_of(asked)
    return search.words_of(asked, also={name: names_like(name.lower().replace("ё", "е")) for name in _words(asked)})


def _put_hits(page: Found, sought: search.Sought, asked: Asked, before: str, patience: float) -> None:
    if page.order == "best":
        page.hits = search.hits_of(search.best(sought), sought.words, asked)
        return
    looked = search.newest(sought, before=_place(before), most=PAGE + 1, patience=patience)
    documents = looked.documents
    page.hits = search.hits_of(documents[:PAGE], sought.words, asked)
    if len(documents) > PAGE:
        page.after = _named((documents[PAGE - 1].at, documents[PAGE - 1].pk))
    elif looked.stopped_at:
        page.looked_to = _named(looked.stopped_at)


def _named(place: Place) -> str:
    return f"{place[0].isoformat()}~{place[1]}"


def _put_people(page: Found, persons: QuerySet[Borrower], before: str) -> None:
    name, _, last = before.partition("~")
    if last and _is_uuid(last):
        persons = persons.filter(Q(full_name__gt=name) | Q(full_name=name, pk__gt=last))
    rows = list(persons[: PAGE + 1])
    page.people = [Person(one, mask_phone(one.phone) if one.phone else "") for one in rows[:PAGE]]
    if len(rows) > PAGE:
        page.after = f"{rows[PAGE - 1].full_name[:60]}~{rows[PAGE - 1].pk}"


def _ticket(user: User, asked: Asked) -> Ticket | None:
    from tickets.access import tickets_visible_to

    return tickets_visible_to(user).filter(number=asked.ticket).first() if asked.ticket is not None else None


def _words(asked: Asked) -> list[str]:
    return [term.text for term in asked.terms if term.is_wanted and not term.is_phrase and term.text.isalpha()][:4]


def _place(before: str) -> Place | None:
    at, _, number = before.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(number)) if moment.tzinfo else None
    except ValueError:
        return None


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def said_in_history(borrower: Borrower, rows: list[dict[str, Any]], query: str) -> list[dict[str, Any]]:
    """Those rows of a borrower's History in which it was said, each with the place."""
    asked = asked_in(query)
    if asked.is_empty:
        return []
    with search.planned():
        words = search.words_of(asked)
        hits = search.history_hits(borrower, words, asked) if words else {}
    found = {str(conversation): pieces for conversation, pieces in hits.items()}
    return [
        row | {"excerpt": [{"text": text, "hit": is_hit} for text, is_hit in found[row["id"]]]}
        for row in rows
        if row["id"] in found
    ]


def choices(topic: str = "") -> dict[str, Any]:
    """What the filters offer; ``topic`` is chosen already."""
    agents = User.objects.filter(deactivated_at=None).exclude(role=Role.PROBE).order_by("full_name")
    channels = [each for each in Channel.choices if each[0] != Channel.PROBE]
    return {
        "channel": channels,
        "topic": topic_choices([topic]),
        "agent": [(str(each.pk), each.full_name) for each in agents],
        "status": Ticket.Status.choices,
        "author": AuthorKind.choices,
    }
