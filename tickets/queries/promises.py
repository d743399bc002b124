"""What is promised and when the desk works; kept for a few seconds, since the live path asks on every batch."""

import time
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from chat.models import Channel
from tickets.models import SlaTarget, WorkingHours
from tickets.rules import sla
from tickets.rules.sla import Promise, Week

KEPT_TIME = 5  # seconds

Targets = dict[tuple[str, int | None], Promise]


@dataclass(frozen=True)
class Promises:
    targets: Targets
    week: Week

    def for_ticket(self, channel: str, topic_id: int | None) -> Promise:
        """A topic's own promise goes before the channel's, the channel's before the usual one."""
        usual = sla.CHAT_PROMISE if channel == Channel.CHAT else sla.LETTER_PROMISE
        return self.targets.get((channel, topic_id)) or self.targets.get((channel, None)) or usual


_kept: tuple[float, Promises] | None = None


def promises() -> Promises:
    global _kept
    now = time.monotonic()
    if _kept is None or _kept[0] < now:
        _kept = (now + KEPT_TIME, Promises(targets=_targets(), week=_week()))
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


def _targets() -> Targets:
    return {
        (target.channel, target.topic_id): Promise(
            first_response_time=target.first_response_time,
            next_response_time=target.next_response_time,
            first_warn_time=target.first_warn_time,
            next_warn_time=target.next_warn_time,
        )
        for target in SlaTarget.objects.all()
    }


def _week() -> Week:
    hours = {row.weekday: (row.opens_at, row.closes_at) for row in WorkingHours.objects.all()}
    return Week(zone=ZoneInfo(settings.TIME_ZONE), hours=hours)
