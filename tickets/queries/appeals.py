"""The register of written appeals, and how many days are left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from tickets.models import Appeal, Ticket
from tickets.queries.promises import entered_days
from tickets.rules import production

SHOWN = 500


@dataclass(frozen=True)
class Registered:
    """A line of the register with the working days that are left; negative when it is late."""

    appeal: Appeal
    left: int

    @property
    def is_late(self) -> bool:
        ended_on = self.appeal.ended_on
        return ended_on > self.appeal.due_on if ended_on else self.left < 0


def register(chosen: Mapping[str, Any]) -> QuerySet[Appeal]:
    """The lines that fit, the newest first."""
    appeals = Appeal.objects.select_related("ticket__conversation__borrower", "registered_by", "ended_by")
    if chosen.get("state") == "ended":
        appeals = appeals.filter(ended_on__isnull=False)
    elif chosen.get("state"):
        appeals = appeals.filter(ended_on=None)
    if chosen.get("state") == "late":
        appeals = appeals.filter(due_on__lt=timezone.localdate())
    named = {"channel": "channel", "since": "received_on__gte", "until": "received_on__lte"}
    return appeals.filter(**{named[name]: value for name, value in chosen.items() if name in named})


def lines(appeals: QuerySet[Appeal]) -> list[Registered]:
    today, entered = timezone.localdate(), entered_days()
    return [Registered(each, days_left(each, today, entered)) for each in appeals]


def registered(ticket: Ticket) -> Appeal | None:
    """The line of the register that the ticket stands in."""
    return Appeal.objects.filter(ticket=ticket).first()


def appeal_of(ticket: Ticket) -> Registered | None:
    found = registered(ticket)
    return lines_of_one(found) if found else None


def lines_of_one(appeal: Appeal) -> Registered:
    return Registered(appeal, days_left(appeal, timezone.localdate(), entered_days()))


def days_left(appeal: Appeal, today: date, entered: production.Entered) -> int:
    return production.workdays_between(appeal.ended_on or today, appeal.due_on, entered)
