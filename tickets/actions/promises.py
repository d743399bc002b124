"""Policies and calendars, changed by administrators. What is changed holds for clocks that start from now on."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from identity.actions import record_audit
from identity.models import User
from tickets.actions.appeals import renew_deadlines
from tickets.actions.events import plain
from tickets.errors import Invalid
from tickets.models import Calendar, CalendarDay, ProductionDay, SlaTarget, WorkingHours
from tickets.queries.promises import forget_promises

Rows = Iterable[tuple[int, time, time]]


@transaction.atomic
def save_policy(*, policy: SlaTarget, by: User) -> SlaTarget:
    """A new policy or a changed one; no due moment that was given already is moved."""
    known = SlaTarget.objects.filter(pk=policy.pk).first() if policy.pk else None
    before = _facts(known) if known else None
    policy.save()
    code = "policy.changed" if before else "policy.added"
    record_audit(
        code=code, actor=by, object_kind="policy", object_id=str(policy.pk), before=before, after=_facts(policy)
    )
    forget_promises()
    return policy


@transaction.atomic
def remove_policy(*, policy: SlaTarget, by: User) -> None:
    before, number = _facts(policy), str(policy.pk)
    policy.delete()
    record_audit(code="policy.removed", actor=by, object_kind="policy", object_id=number, before=before)
    forget_promises()


@transaction.atomic
def save_calendar(*, calendar: Calendar, rows: Rows, by: User) -> Calendar:
    """The calendar and all of its weekdays; hours that overlap were refused by the form."""
    code = "calendar.changed" if calendar.pk else "calendar.added"
    calendar.save()
    owner = None if calendar.is_default else calendar
    hours = list(rows)
    WorkingHours.objects.filter(calendar=owner).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(calendar=owner, weekday=day, opens_at=opens, closes_at=closes) for day, opens, closes in hours
    )
    week = [f"{day} {opens:%H:%M}-{closes:%H:%M}" for day, opens, closes in hours]
    _write_down(code, calendar, by, follows_production=calendar.follows_production, hours=week)
    return calendar


@transaction.atomic
def remove_calendar(*, calendar: Calendar, by: User) -> None:
    if calendar.is_default:
        raise Invalid("calendar_is_own")
    if SlaTarget.objects.filter(calendar=calendar).exists():
        raise Invalid("calendar_used")
    _write_down("calendar.removed", calendar, by)
    calendar.delete()


@transaction.atomic
def save_day(*, calendar: Calendar, on: date, hours: tuple[time, time] | None, note: str, by: User) -> CalendarDay:
    """A date with hours of its own, or a day off; said again it replaces what was said before."""
    opens, closes = hours or (None, None)
    day, _ = CalendarDay.objects.update_or_create(
        calendar=calendar, on=on, defaults={"opens_at": opens, "closes_at": closes, "note": note}
    )
    _write_down("calendar.day_set", calendar, by, on=on.isoformat(), hours=f"{opens}-{closes}" if hours else "off")
    return day


@transaction.atomic
def remove_day(*, day: CalendarDay, by: User) -> None:
    _write_down("calendar.day_removed", day.calendar, by, on=day.on.isoformat())
    day.delete()


@transaction.atomic
def enter_production_day(*, on: date, kind: str, by: User) -> ProductionDay:
    """What a decree moved and the library does not know yet; open appeals follow it."""
    day, _ = ProductionDay.objects.update_or_create(on=on, defaults={"kind": kind, "entered_by": by})
    record_audit(code="production.day_set", actor=by, object_kind="production", object_id=on.isoformat(), kind=kind)
    renew_deadlines()
    forget_promises()
    return day


@transaction.atomic
def remove_production_day(*, day: ProductionDay, by: User) -> None:
    on = day.on.isoformat()
    day.delete()
    record_audit(code="production.day_removed", actor=by, object_kind="production", object_id=on)
    renew_deadlines()
    forget_promises()


def _write_down(code: str, calendar: Calendar, by: User, **detail: Any) -> None:
    record_audit(
        code=code, actor=by, object_kind="calendar", object_id=str(calendar.pk), name=calendar.name, **plain(detail)
    )
    forget_promises()


def _facts(policy: SlaTarget) -> dict[str, Any]:
    return plain(model_to_dict(policy))
