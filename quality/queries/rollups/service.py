"""What borrowers waited for: answers, resolution, and whether the first contact was enough.

Answers count on the day they were given, a resolution on the day of the last ending, a contact on the day it closed.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from chat.models import Channel, Conversation
from quality.queries.planted import genuine
from quality.queries.rollups.days import Day, Found, Key
from quality.queries.rollups.scores import newest_agent
from quality.rules.statistics.contacts import USUAL_WINDOW, WINDOWS, Contact, first_contacts
from quality.rules.statistics.sums import one_success, one_value
from tickets.models import TicketEvent

LONGEST_WINDOW = timedelta(days=max(WINDOWS))
ENDINGS = ("resolved", "reopened")


def found(day: Day) -> Iterator[Found]:
    yield from _answers(day)
    yield from _resolutions(day)
    yield from _first_contacts(day)


def _answers(day: Day) -> Iterator[Found]:
    """Answers of people, without those called back before they left."""
    events = TicketEvent.objects.filter(genuine("ticket__conversation"), at__gte=day.start)
    withdrawn = set(events.filter(kind="withdrawn").values_list("ticket", "data__answered_at"))
    answered = events.filter(kind="answered", at__lt=day.end)
    fields = ("ticket", "user", "ticket__topic", "ticket__channel", "ticket__moved_at", "at", "data")
    for ticket, user, topic, channel, moved_at, at, data in answered.values_list(*fields):
        if (ticket, at.isoformat()) not in withdrawn:
            metric = "first_response" if data["first"] else "next_response"
            began = Channel.EMAIL.value if moved_at else channel
            yield Key(metric, user, topic, began), one_value(data["wait"], is_success=bool(data["in_time"]))


def _resolutions(day: Day) -> Iterator[Found]:
    """From opening to the last ending, of tickets that nobody reopened since."""
    later = TicketEvent.objects.filter(ticket=OuterRef("ticket"), kind__in=ENDINGS, at__gt=OuterRef("at"))
    resolved = TicketEvent.objects.filter(day.holds("at"), genuine("ticket__conversation"), kind="resolved")
    fields = ("user", "ticket__assignee", "ticket__topic", "ticket__channel", "ticket__moved_at")
    rows = resolved.filter(~Exists(later)).values_list(*fields, "at", "ticket__opened_at")
    for user, assignee, topic, channel, moved_at, at, opened_at in rows:
        began = Channel.EMAIL.value if moved_at else channel
        yield Key("resolution_time", user or assignee, topic, began), one_value((at - opened_at).total_seconds())


def _first_contacts(day: Day) -> Iterator[Found]:
    """First contacts that closed on the day, for each window that is over."""
    closed = Conversation.objects.filter(day.holds("closed_at"), genuine(""), ticket__isnull=False)
    rows = list(_around(closed, day))
    contacts = {_contact(row, day.now): row for row in rows}
    for days in WINDOWS:
        suffix = "" if days == USUAL_WINDOW else f"_{days}d"
        for contact, solved in first_contacts(contacts, as_of=day.now, days=days):
            row = contacts[contact]
            if not day.start <= contact.closed_at < day.end:
                continue
            key = Key(f"fcr_system{suffix}", row["by"], row["ticket__topic"], row["channel"])
            yield key, one_success(solved)
            if days == USUAL_WINDOW and contact.solvable:
                yield Key("fcr_net", row["by"], row["ticket__topic"], row["channel"]), one_success(solved)


def _around(closed: QuerySet[Conversation], day: Day) -> QuerySet[Conversation, dict[str, Any]]:
    """All conversations of these borrowers that may have come before or after within a window."""
    near = Q(closed_at__isnull=True) | Q(closed_at__gte=day.start - 2 * LONGEST_WINDOW)
    theirs = Conversation.objects.filter(near, genuine(""), borrower__in=closed.values("borrower"))
    theirs = theirs.filter(started_at__lt=day.end + LONGEST_WINDOW, ticket__isnull=False)
    events = {
        name: Count("ticket__events", filter=Q(ticket__events__kind=name))
        for name in ("transferred", "transfer_undone", "reopened")
    }
    fields = ("pk", "borrower", "channel", "started_at", "closed_at", "ticket__topic")
    return theirs.annotate(by=newest_agent(), topic_code=F("ticket__topic__code"), **events).values(
        *fields, "by", "topic_code", *events
    )


def _contact(row: dict[str, Any], now: datetime) -> Contact:
    """One that has not ended yet is nobody's first contact, but it came before or after others."""
    return Contact(
        borrower=row["borrower"],
        topic=row["ticket__topic"],
        opened_at=row["started_at"],
        closed_at=row["closed_at"] or now,
        was_reopened=row["reopened"] > 0,
        was_transferred=row["transferred"] > row["transfer_undone"],
        solvable=row["topic_code"] not in settings.TOPICS_NOT_SOLVED_AT_ONCE,
    )
