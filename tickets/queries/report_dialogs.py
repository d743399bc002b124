"""The dialogs behind a figure: the very facts its sum was made of, a day at a time, the newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from identity.models import User
from tickets import access
from tickets.models import Ticket, Topic
from tickets.queries.rollup_facts import OF_ENDINGS, OF_EVENTS, Day, facts_of, pieces
from tickets.queries.rollups import NO_TOPIC, Asked, Sums, figures, hours
from tickets.rules.rollups import Fact

FIGURES = (*OF_EVENTS, *OF_ENDINGS)
PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """A figure of a report. ``only``: "met" or "missed" of what it is a share of; an hour of a weekday, or any."""

    asked: Asked
    figure: str
    only: str = ""
    weekday: int | None = None
    hour: int | None = None

    def holds(self, fact: Fact) -> bool:
        asked = self.asked
        if fact.ticket is None:
            return False
        if asked.channel and fact.channel != asked.channel:
            return False
        if asked.topic is not None and (fact.topic or NO_TOPIC) != asked.topic:
            return False
        if asked.agent and fact.agent != asked.agent:
            return False
        if self.only and fact.success != (self.only == "met"):
            return False
        local = timezone.localtime(fact.at, timezone.get_default_timezone())
        return (self.weekday is None or local.weekday() == self.weekday) and (
            self.hour is None or local.hour == self.hour
        )


@dataclass(frozen=True)
class Row:
    """One line: what was counted, its ticket, and whose it is in the figure (nobody's where it is the desk's)."""

    fact: Fact
    ticket: Ticket
    agent: User | None


@dataclass(frozen=True)
class Place:
    """Where a page begins: a day, and how many of its lines stood on pages before."""

    day: date
    skip: int = 0


def page_of(wanted: Wanted, user: User, place: Place | None) -> tuple[list[Row], Place | None]:
    """The lines of a page, and where the next one begins."""
    begun = place or Place(wanted.asked.until)
    found: list[Fact] = []
    for on, facts in by_day(wanted, begun.day):
        skipped = begun.skip if on == begun.day else 0
        room = PAGE - len(found)
        found += facts[skipped : skipped + room]
        if len(facts) - skipped > room:
            return rows_of(found, user), Place(on, skipped + room)
    return rows_of(found, user), None


def by_day(wanted: Wanted, begun: date) -> Iterator[tuple[date, list[Fact]]]:
    """Each day's facts, the newest first; days after today have none."""
    now = timezone.now()
    today = timezone.localdate(now, timezone.get_default_timezone())
    on = min(begun, today)
    while on >= wanted.asked.since:
        if wanted.weekday is None or on.weekday() == wanted.weekday:
            facts = [fact for fact in facts_of(wanted.figure, Day(date=on, now=now)) if wanted.holds(fact)]
            yield on, sorted(facts, key=lambda fact: (fact.at, fact.ticket or 0), reverse=True)
        on -= timedelta(days=1)


def rows_of(facts: Iterable[Fact], user: User) -> list[Row]:
    """With their tickets, as far as the user may see them."""
    known = list(facts)
    tickets: dict[int, Ticket] = {}
    for piece in pieces({fact.ticket for fact in known if fact.ticket}):
        tickets |= {one.number: one for one in access.tickets_visible_to(user).filter(number__in=piece)}
    agents = User.objects.in_bulk({fact.agent for fact in known if fact.agent})
    return [
        Row(fact, tickets[fact.ticket], agents.get(fact.agent) if fact.agent else None)
        for fact in known
        if fact.ticket and fact.ticket in tickets
    ]


def named(asked: Asked) -> tuple[User | None, Topic | None]:
    """The agent and the topic that a list is narrowed to."""
    agent = User.objects.filter(pk=asked.agent).first() if asked.agent else None
    return agent, Topic.objects.filter(pk=asked.topic).first() if asked.topic else None


def count_of(wanted: Wanted) -> int:
    """How many lines there are, by the roll-ups."""
    found = figures(wanted.asked)
    if wanted.hour is not None or wanted.weekday is not None:
        cells = hours(wanted.asked, wanted.figure).items()
        return sum(one.n for (weekday, hour), one in cells if _fits(wanted, weekday, hour))
    sums = [one for (measure, channel), one in found.items() if measure == wanted.figure and channel]
    return sum(_counted(one, wanted.only) for one in sums)


def wanted_from(asked: dict[str, Any]) -> Wanted:
    """From what an export keeps."""
    since, until = date.fromisoformat(asked["since"]), date.fromisoformat(asked["until"])
    agent = UUID(asked["agent"]) if asked.get("agent") else None
    report = Asked(since, until, asked.get("channel", ""), asked.get("topic"), agent)
    return Wanted(report, asked["figure"], asked.get("only", ""), asked.get("weekday"), asked.get("hour"))


def _fits(wanted: Wanted, weekday: int, hour: int) -> bool:
    return wanted.weekday in (None, weekday) and wanted.hour in (None, hour)


def _counted(sums: Sums, only: str) -> int:
    return {"met": sums.k, "missed": sums.n - sums.k}.get(only, sums.n)


def local_text(moment: datetime | None) -> str:
    """A moment as a table says it, in the desk's zone."""
    if moment is None:
        return ""
    return timezone.localtime(moment, timezone.get_default_timezone()).strftime("%Y-%m-%d %H:%M:%S")
