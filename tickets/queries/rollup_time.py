"""Whose agents' seconds of a day were: what was in their hands, and when they said that they worked."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from chat.models import Channel
from identity.models import Role, User
from tickets.models import Assignment, AvailabilityPeriod, TicketEvent
from tickets.queries.reports import genuine
from tickets.queries.rollup_facts import Day, pieces
from tickets.rules.allotment import Held, Stretch, stretches
from tickets.rules.metrics import Interval
from tickets.rules.rollups import HALF_HOUR

HELD_AT_MOST = timedelta(days=31)  # what somebody has had for longer costs nobody's time any more
LETTERS = "letters"  # the reason with which an agent is away from chats to write letters


def time_on(day: Day) -> Iterator[tuple[UUID, Stretch]]:
    """Every agent's time up to now, cut at the half-hours and wherever something changed."""
    end = min(day.end, day.now)
    if end <= day.start:
        return
    held, working = held_on(day, end), working_on(day, end)
    cuts = [day.start + HALF_HOUR * part for part in range(int((end - day.start) / HALF_HOUR) + 1)]
    cuts = [*(cut for cut in cuts if cut < end), end]
    for agent in sorted({*held, *working}):
        for stretch in stretches(held.get(agent, []), working.get(agent, []), cuts):
            yield agent, stretch


def held_on(day: Day, end: datetime) -> dict[UUID, list[Held]]:
    """Live chats, and letters from the question until its answer, cut to the day and to whose they were."""
    found: defaultdict[UUID, list[Held]] = defaultdict(list)
    rows = list(_assignments(day, end))
    waits = _waits([row[1] for row in rows if _was_letter(row)], end)
    for agent, ticket, since, until, topic, channel, moved_at, waiting_since in rows:
        until = min(until or end, end)
        began = Channel.EMAIL.value if moved_at else channel
        if channel == Channel.CHAT:
            live = max(since, moved_at or since, day.start)
            if live < until:
                found[agent].append(Held((topic, began), live, until, is_live=True))
        if channel != Channel.CHAT or moved_at:
            asked = [*waits[ticket], *([(waiting_since, end)] if waiting_since and not moved_at else [])]
            last = min(until, moved_at or until)
            for first, over in asked:
                first, over = max(first, since, day.start), min(over, last)
                if first < over:
                    found[agent].append(Held((topic, began), first, over, is_live=False))
    return found


def working_on(day: Day, end: datetime) -> dict[UUID, list[Interval]]:
    """When each said that they take chats, or write letters."""
    said = Q(state="available") | Q(state="away", reason=LETTERS)
    periods = AvailabilityPeriod.objects.filter(said, since__lt=end).filter(Q(until=None) | Q(until__gt=day.start))
    found: defaultdict[UUID, list[Interval]] = defaultdict(list)
    for agent, since, until in periods.values_list("user", "since", "until"):
        found[agent].append((max(since, day.start), min(until or end, end)))
    return found


def _assignments(day: Day, end: datetime) -> Any:
    agents = User.objects.exclude(role=Role.PROBE).values_list("pk", flat=True)
    led = Assignment.objects.filter(
        genuine(), agent__in=list(agents), since__lt=end, since__gte=day.start - HELD_AT_MOST
    )
    led = led.exclude(until__lte=day.start).exclude(ticket__channel=Channel.PROBE)
    about = ("ticket__topic", "ticket__channel", "ticket__moved_at", "ticket__waiting_since")
    return led.order_by("id").values_list("agent", "ticket", "since", "until", *about)


def _was_letter(row: tuple[Any, ...]) -> bool:
    channel, moved_at = row[5], row[6]
    return channel != Channel.CHAT or moved_at is not None


def _waits(tickets: list[int], end: datetime) -> defaultdict[int, list[Interval]]:
    """From each question of these letters until its answer."""
    found: defaultdict[int, list[Interval]] = defaultdict(list)
    for piece in pieces(dict.fromkeys(tickets)):
        answered = TicketEvent.objects.filter(ticket__in=piece, kind="answered")
        for ticket, at, data in answered.values_list("ticket", "at", "data"):
            found[ticket].append((min(datetime.fromisoformat(data["asked_at"]), end), min(at, end)))
    return found
