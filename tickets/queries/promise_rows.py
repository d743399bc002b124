"""One policy, calendar, day or appeal, for whoever may change it; for everybody else there is none."""

from typing import TypeVar

from tickets.access import administrator_of, supervisor_of
from tickets.errors import NotVisible
from tickets.models import Appeal, Calendar, CalendarDay, ProductionDay, SlaTarget

Row = TypeVar("Row")


def appeal_for(user: object, appeal_id: int) -> Appeal:
    """A line of the register, for supervisors."""
    supervisor_of(user)
    return _found(Appeal.objects.select_related("ticket").filter(pk=appeal_id).first())


def policy_for(user: object, target_id: int) -> SlaTarget:
    administrator_of(user)
    return _found(SlaTarget.objects.filter(pk=target_id).first())


def calendar_for(user: object, calendar_id: int) -> Calendar:
    administrator_of(user)
    return _found(Calendar.objects.filter(pk=calendar_id).first())


def calendar_day_for(user: object, day_id: int) -> CalendarDay:
    administrator_of(user)
    return _found(CalendarDay.objects.select_related("calendar").filter(pk=day_id).first())


def production_day_for(user: object, production_id: int) -> ProductionDay:
    administrator_of(user)
    return _found(ProductionDay.objects.filter(pk=production_id).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotVisible
    return row
