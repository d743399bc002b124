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
from tickets.queries.search import COUNTED, PAGE, Hit, Narrowed, Place
from tickets.queries.search_people import names_like, people
from tickets.queries.topics import topic_choices
from tickets.rules import search_keys as keys
from tickets.rules.search import Asked, asked_in


@dataclass(frozen=True)
class Person:
    borrower: Borrower
    phone: str


@dataclass
class Found:
    """What is shown. ``counts`` above ``COUNTED`` stand for more; ``after`` is where the next page begins."""

    query: str
    tab: str
    order: str = "newest"
    is_asked: bool = False
    is_too_common: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    ticket: Ticket | None = None
    after: str = ""

    @property
    def tabs(self) -> list[tuple[str, int, bool]]:
        return [(tab, min(count, COUNTED), count > COUNTED) for tab, count in self.counts.items()]


def found(user: User, *, query: str, tab: str, order: str, narrowed: Narrowed, before: str) -> Found:
    """The page, read within one unit whose plans may not go through a whole table."""
    asked = asked_in(query)
    if asked.is_empty:
        return Found(query, tab, order, is_asked=bool(query.strip()), is_too_common=bool(query.strip()))
    with search.planned():
        return _found(user, asked, Found(query, tab, order, is_asked=True), narrowed, before)


def _found(user: User, asked: Asked, page: Found, narrowed: Narrowed, before: str) -> Found:
    said = search.words_of(asked)
    meant = search.words_of(asked, also={name: names_like(name.lower().replace("ё", "е")) for name in _words(asked)})
    persons = people(user, asked)
    page.ticket = _ticket(user, asked)
    page.is_too_common = not said
    words = {keys.MESSAGES: said, keys.TICKETS: meant, keys.FILES: said}
    for tab in (keys.MESSAGES, "people", keys.TICKETS, keys.FILES):
        own = words.get(tab, "")
        counted = search.count(user, tab, own, narrowed) if own else 0
        page.counts[tab] = persons.values("pk")[: COUNTED + 1].count() if tab == "people" else counted
    page.counts[keys.TICKETS] += page.ticket is not None
    if page.tab == "people":
        _put_people(page, persons, before)
    elif own := words[page.tab]:
        _put_hits(page, user, own, asked, narrowed, before)
    return page


def _put_hits(page: Found, user: User, words: str, asked: Asked, narrowed: Narrowed, before: str) -> None:
    if page.order == "best":
        page.hits = search.hits_of(search.best(user, page.tab, words, narrowed), words, asked)
        return
    place = _place(before)
    documents = search.newest(user, page.tab, words, narrowed, before=place, most=PAGE + 1)
    page.hits = search.hits_of(documents[:PAGE], words, asked)
    if len(documents) > PAGE:
        page.after = f"{documents[PAGE - 1].at.isoformat()}~{documents[PAGE - 1].pk}"


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
