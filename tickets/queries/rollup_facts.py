"""What the log says of a day: answers, openings, endings, first contacts, and whose agents' time was.

The roll-ups are sums of these facts, and the list behind a figure names their tickets: the two cannot disagree.
Everything is read by an index and a day at a time. Planted borrowers and the desk's own probe count nowhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from chat.models import Channel
from tickets.models import Assignment, Ticket, TicketEvent
from tickets.queries.reports import genuine
from tickets.queries.rollup_voices import voices_between
from tickets.rules.contacts import Contact, first_contacts
from tickets.rules.rollups import Fact

PIECE = 2000
ENDINGS = ("resolved", "reopened")


@dataclass(frozen=True)
class Day:
    """From midnight to midnight in the desk's time zone, as the log stands ``now``."""

    date: date
    now: datetime

    @property
    def start(self) -> datetime:
        return midnight(self.date)

    @property
    def end(self) -> datetime:
        return midnight(self.date + timedelta(days=1))


@dataclass(frozen=True)
class Ending:
    """The last ending of a ticket, on the day."""

    ticket: int
    at: datetime
    opened_at: datetime
    agent: UUID | None
    topic: int | None
    channel: str
    borrower: UUID | None
    handle_time: float | None
    was_answered: bool


def midnight(on: date) -> datetime:
    return datetime.combine(on, time(0), timezone.get_default_timezone())


def answers(day: Day) -> Iterator[Fact]:
    """First and next answers of people, without those called back before they left."""
    events = _events(day)
    given = list(events.filter(kind="answered").values_list(*_FIELDS, "user", "data"))
    later = TicketEvent.objects.filter(kind="withdrawn", at__gte=day.start, ticket__in={row[0] for row in given})
    withdrawn = set(later.values_list("ticket", "data__answered_at")) if given else set()
    for ticket, at, topic, channel, moved_at, agent, data in given:
        if (ticket, at.isoformat()) not in withdrawn:
            measure = "first_response" if data["first"] else "next_response"
            began = _began(channel, moved_at)
            yield Fact(measure, at, ticket, agent, topic, began, float(data["wait"]), bool(data["in_time"]))


def openings(day: Day) -> Iterator[Fact]:
    """Tickets that were opened; a success is a letter that went on in the chat. The desk as such gets them."""
    opened = _events(day).filter(kind="opened")
    for ticket, at, topic, channel, moved_at in opened.values_list(*_FIELDS):
        yield Fact("opened", at, ticket, None, topic, _began(channel, moved_at), success=moved_at is not None)


def resolutions(day: Day, ended: Sequence[Ending]) -> Iterator[Fact]:
    for one in ended:
        seconds = (one.at - one.opened_at).total_seconds()
        yield Fact("resolution", one.at, one.ticket, one.agent, one.topic, one.channel, seconds)


def handlings(day: Day, ended: Sequence[Ending]) -> Iterator[Fact]:
    for one in ended:
        if one.handle_time is not None:
            yield Fact("handle_time", one.at, one.ticket, one.agent, one.topic, one.channel, one.handle_time)


def departures(day: Day, ended: Sequence[Ending]) -> Iterator[Fact]:
    """Chats that ended before anybody had answered."""
    for one in ended:
        if one.channel == Channel.CHAT and not one.was_answered:
            yield Fact("left", one.at, one.ticket, one.agent, one.topic, one.channel)


def contacts(day: Day, ended: Sequence[Ending]) -> Iterator[Fact]:
    """First contacts that ended on the day and whose days are over; a success stayed the only one."""
    known = {one.ticket: one for one in ended if one.borrower is not None}
    if not known or day.start + timedelta(days=settings.FCR_DAYS) > day.now:
        return
    around = _contacts_around(known, day)
    for contact, solved in first_contacts(around, as_of=day.now, days=settings.FCR_DAYS):
        one = known.get(around[contact])
        if one is not None:
            yield Fact("contact", one.at, one.ticket, one.agent, one.topic, one.channel, success=solved)


def voices(day: Day) -> Iterator[Fact]:
    """What borrowers said when they were asked."""
    return voices_between(day.start, day.end)


OF_EVENTS = {"opened": openings, "first_response": answers, "next_response": answers, "rating": voices, "nps": voices}
OF_ENDINGS = {"resolution": resolutions, "handle_time": handlings, "left": departures, "contact": contacts}


def facts_on(day: Day) -> Iterator[Fact]:
    """All facts of a day, each once."""
    for source in dict.fromkeys(OF_EVENTS.values()):
        yield from source(day)
    ended = endings(day)
    for found in OF_ENDINGS.values():
        yield from found(day, ended)


def facts_of(measure: str, day: Day) -> Iterator[Fact]:
    """Those of one measure."""
    if measure in OF_EVENTS:
        return (fact for fact in OF_EVENTS[measure](day) if fact.measure == measure)
    return OF_ENDINGS[measure](day, endings(day))


def endings(day: Day) -> list[Ending]:
    """Tickets that ended on the day and that nobody has taken up or ended again since."""
    later = TicketEvent.objects.filter(ticket=OuterRef("ticket"), kind__in=ENDINGS, at__gt=OuterRef("at"))
    ended = _events(day).filter(kind="resolved").filter(~Exists(later))
    fields = (*_FIELDS, "ticket__opened_at", "ticket__conversation__borrower", "ticket__first_response_at")
    rows = {row[0]: row for row in ended.order_by("id").values_list(*fields)}
    held = _held(rows)
    return [_ending(row, *held.get(ticket, (None, None))) for ticket, row in rows.items()]


_FIELDS = ("ticket", "at", "ticket__topic", "ticket__channel", "ticket__moved_at")


def _ending(row: tuple[Any, ...], agent: UUID | None, held: float | None) -> Ending:
    ticket, at, topic, channel, moved_at, opened_at, borrower, answered_at = row
    began = _began(channel, moved_at)
    return Ending(ticket, at, opened_at, agent, topic, began, borrower, held, answered_at is not None)


def _events(day: Day) -> QuerySet[TicketEvent]:
    events = TicketEvent.objects.filter(genuine(), at__gte=day.start, at__lt=day.end)
    return events.exclude(ticket__channel=Channel.PROBE)


def _began(channel: str, moved_at: datetime | None) -> str:
    """Letters that went on in the chat stay letters."""
    return Channel.EMAIL.value if moved_at is not None else channel


def _held(tickets: Iterable[int]) -> dict[int, tuple[UUID, float]]:
    """Who had each ticket last, and for how long it was in somebody's hands; lapsed leases left out."""
    found: dict[int, tuple[UUID, float]] = {}
    for piece in pieces(tickets):
        kept = Assignment.objects.filter(ticket__in=piece, until__isnull=False).order_by("since", "id")
        kept = kept.exclude(ending=Assignment.Ending.UNANSWERED)
        for ticket, agent, since, until in kept.values_list("ticket", "agent", "since", "until"):
            seconds = (until - since).total_seconds() if until else 0.0
            found[ticket] = (agent, found.get(ticket, (agent, 0.0))[1] + seconds)
    return found


def _contacts_around(ended: dict[int, Ending], day: Day) -> dict[Contact, int]:
    """These, and all other tickets of their borrowers that may have come before or after within the days."""
    window = timedelta(days=settings.FCR_DAYS)
    turns = _turns(ended)
    found = {}
    for piece in pieces({one.borrower for one in ended.values()}):
        theirs = Ticket.objects.filter(genuine_tickets(), conversation__borrower__in=piece)
        theirs = theirs.filter(opened_at__lt=day.end + window).exclude(resolved_at__lt=day.start - 2 * window)
        fields = ("number", "conversation__borrower", "topic", "opened_at", "resolved_at")
        for number, borrower, topic, opened_at, resolved_at in theirs.values_list(*fields):
            ours = number in ended
            closed_at = ended[number].at if ours else resolved_at or day.now
            counts = turns[number]
            moved = counts["transferred"] > counts["transfer_undone"]
            contact = Contact(borrower, topic, opened_at, closed_at, counts["reopened"] > 0, moved)
            found[contact] = number
    return found


def genuine_tickets() -> Any:
    """As ``genuine``, of tickets themselves."""
    return genuine("")


def _turns(tickets: Iterable[int]) -> defaultdict[int, Counter[str]]:
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for piece in pieces(tickets):
        kinds = ("reopened", "transferred", "transfer_undone")
        turned = TicketEvent.objects.filter(ticket__in=piece, kind__in=kinds)
        for ticket, kind in turned.values_list("ticket", "kind"):
            found[ticket][kind] += 1
    return found


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """In portions that make no statement too long."""
    known = list(values)
    for first in range(0, len(known), PIECE):
        yield known[first : first + PIECE]
