"""What is promised and when the desk works; kept for a few seconds, since the live path asks on every batch."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from chat.models import Channel
from tickets.models import Calendar, ProductionDay, SlaTarget, Ticket, TicketEvent, WorkingHours
from tickets.queries.topics import parents
from tickets.rules import calendars, sla
from tickets.rules.promises import Key, chosen
from tickets.rules.sla import Hours, Promise, Week
from tickets.rules.topics import lineage

KEPT_TIME = 5  # seconds
USUAL = {
    Channel.CHAT.value: sla.CHAT_PROMISE,
    Channel.PHONE.value: sla.CALL_PROMISE,
    Channel.PAPER.value: sla.PAPER_PROMISE,
    Channel.PORTAL.value: sla.PAPER_PROMISE,
}


@dataclass(frozen=True)
class Policy:
    """One policy as it stands: what it promises, in whose hours, and who hears of a breach."""

    id: int
    promise: Promise
    calendar: int | None
    chain: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Promises:
    """Every policy by what it names, and every calendar; ``None`` is the desk's own."""

    targets: dict[Key, Policy]
    week: Week
    weeks: dict[int | None, Week] = field(default_factory=dict)
    parents: dict[int, int | None] = field(default_factory=dict)

    def policy_for(self, channel: str, topic_id: int | None, priority: str = "normal") -> Policy | None:
        """The most specific policy, of the topic or of one above it; None where nobody made one."""
        return chosen(self.targets, channel, lineage(self.parents, topic_id), priority)

    def for_ticket(self, channel: str, topic_id: int | None, priority: str = "normal") -> Promise:
        """What the most specific policy promises, or the usual of the channel."""
        policy = self.policy_for(channel, topic_id, priority)
        return policy.promise if policy else USUAL.get(channel, sla.LETTER_PROMISE)

    def week_for(self, channel: str, topic_id: int | None, priority: str = "normal") -> Week:
        """The hours that this promise is counted in."""
        policy = self.policy_for(channel, topic_id, priority)
        return self.weeks.get(policy.calendar, self.week) if policy else self.week


_kept: tuple[float, Promises] | None = None


def promises() -> Promises:
    global _kept
    now = time.monotonic()
    if _kept is None or _kept[0] < now:
        weeks = _weeks()
        _kept = (now + KEPT_TIME, Promises(_targets(), week=weeks[None], weeks=weeks, parents=parents()))
    return _kept[1]


def forget_promises() -> None:
    """Read them anew next time; called by whoever changes them."""
    global _kept
    _kept = None


def is_open(at: datetime) -> bool:
    return sla.is_open(promises().week, at)


def opens_at(at: datetime) -> datetime | None:
    """When people answer again; None while they do."""
    week = promises().week
    return None if sla.is_open(week, at) else sla.next_opening(week, at)


ALARMS = 500  # at one look


def due_alarms(now: datetime) -> list[int]:
    """Tickets whose next step is due, the oldest first; read from their own index and nothing else."""
    due = Ticket.objects.filter(alarm_at__lte=now).order_by("alarm_at")
    return list(due.values_list("number", flat=True)[:ALARMS])


def policy_row(number: int) -> SlaTarget | None:
    return SlaTarget.objects.select_related("topic").filter(pk=number).first()


def policy_rows() -> list[SlaTarget]:
    return list(SlaTarget.objects.select_related("topic", "calendar").order_by("channel", "topic_id", "priority"))


def all_calendars() -> list[Calendar]:
    return list(Calendar.objects.all())


def production_rows() -> list[ProductionDay]:
    return list(ProductionDay.objects.all())


def told_of(ticket: Ticket) -> list[TicketEvent]:
    """Which steps of its promises were told, the newest first."""
    steps = TicketEvent.objects.filter(ticket=ticket, kind__startswith="promise_")
    return list(steps.order_by("-at")[:4])


def hours_of(calendar: Calendar) -> dict[int, list[Hours]]:
    """The hours of each weekday of one calendar."""
    found: dict[int, list[Hours]] = defaultdict(list)
    for row in WorkingHours.objects.filter(calendar=None if calendar.is_default else calendar):
        found[row.weekday].append((row.opens_at, row.closes_at))
    return found


def entered_days() -> dict[date, str]:
    """The days of the production calendar that were entered by hand."""
    return dict(ProductionDay.objects.values_list("on", "kind"))


def _targets() -> dict[Key, Policy]:
    return {
        (target.channel, target.topic_id, target.priority): Policy(
            id=target.pk,
            promise=promise_of(target),
            calendar=target.calendar_id,
            chain=tuple((int(minutes), str(role)) for minutes, role in target.chain),
        )
        for target in SlaTarget.objects.all()
    }


def promise_of(target: SlaTarget) -> Promise:
    return Promise(
        first_response_time=target.first_response_time,
        next_response_time=target.next_response_time,
        first_warn_time=target.first_warn_time,
        next_warn_time=target.next_warn_time,
        resolution_time=target.resolution_time,
        resolution_warn_time=target.resolution_warn_time,
    )


def _weeks() -> dict[int | None, Week]:
    """Every calendar; the hours without one are those of the desk's own."""
    hours: dict[int | None, dict[int, list[Hours]]] = defaultdict(lambda: defaultdict(list))
    for row in WorkingHours.objects.all():
        hours[row.calendar_id][row.weekday].append((row.opens_at, row.closes_at))
    found = list(Calendar.objects.prefetch_related("days"))
    entered = entered_days() if any(each.follows_production for each in found) else {}
    weeks: dict[int | None, Week] = {None: calendars.week_of(zone=_zone(), hours=hours[None])}
    for each in found:
        week = _week(each, hours[None if each.is_default else each.pk], entered)
        weeks[each.pk] = week
        if each.is_default:
            weeks[None] = week
    return weeks


def _week(calendar: Calendar, hours: dict[int, list[Hours]], entered: dict[date, str]) -> Week:
    year = timezone.localdate().year
    years = range(year - 1, year + 3) if calendar.follows_production else ()
    days: dict[date, tuple[Hours, ...]] = {row.on: _hours_of(row) for row in calendar.days.all()}
    return calendars.week_of(zone=_zone(), hours=hours, days=days, years=years, entered=entered)


def _hours_of(row: Any) -> tuple[Hours, ...]:
    return () if row.opens_at is None else ((row.opens_at, row.closes_at),)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
