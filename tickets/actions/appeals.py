"""The register of written appeals. Its clock is the law's: no message, no status and no policy of the desk stops it."""

from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from identity.actions import record_audit
from identity.models import User
from tickets.actions import announcements
from tickets.actions.events import record_event
from tickets.actions.locking import lock_ticket
from tickets.errors import Invalid
from tickets.models import Appeal, AppealYear, Ticket
from tickets.queries.promises import entered_days
from tickets.rules.production import add_workdays


@transaction.atomic
def register_appeal(*, ticket: Ticket, received_on: date, channel: str, by: User) -> Appeal:
    """The next number of the year, and a deadline in working days of the country after the day it came."""
    ticket = lock_ticket(ticket.number)
    if Appeal.objects.filter(ticket=ticket).exists():
        raise Invalid("registered_already")
    today = timezone.localdate()
    if received_on > today:
        raise Invalid("date_ahead")
    serial = _next_serial(today.year)
    appeal = Appeal.objects.create(
        year=today.year,
        serial=serial,
        number=settings.APPEAL_NUMBER.format(year=today.year, serial=serial),
        ticket=ticket,
        channel=channel,
        received_on=received_on,
        registered_by=by,
        due_on=add_workdays(received_on, settings.APPEAL_DAYS, entered_days()),
    )
    _write_down(appeal, "registered", by, due_on=appeal.due_on.isoformat())
    return appeal


@transaction.atomic
def extend_appeal(*, appeal: Appeal, reason: str, by: User) -> Appeal:
    """Once, before the deadline and with a reason, which the letter about it names."""
    appeal = _locked(appeal)
    if appeal.extended_at is not None:
        raise Invalid("extended_already")
    if not reason.strip():
        raise Invalid("appeal_reason")
    if appeal.due_on < timezone.localdate():
        raise Invalid("deadline_passed")
    appeal.due_on = add_workdays(appeal.due_on, settings.APPEAL_EXTENSION_DAYS, entered_days())
    appeal.extended_at, appeal.extended_by, appeal.extension_reason = timezone.now(), by, reason.strip()
    appeal.save(update_fields=["due_on", "extended_at", "extended_by", "extension_reason"])
    _write_down(appeal, "extended", by, due_on=appeal.due_on.isoformat())
    return appeal


@transaction.atomic
def end_appeal(*, appeal: Appeal, ending: str, on: date, note: str, by: User) -> Appeal:
    """What alone stops its clock: answered in writing, withdrawn, sent on, or a repetition."""
    appeal = _locked(appeal)
    if ending not in Appeal.Ending.values:
        raise Invalid("unknown_ending")
    if on > timezone.localdate():
        raise Invalid("date_ahead")
    if on < appeal.received_on:
        raise Invalid("before_receipt")
    if ending != Appeal.Ending.ANSWERED and not note.strip():
        raise Invalid("appeal_reason")
    appeal.ending, appeal.ended_on, appeal.ended_by, appeal.ending_note = ending, on, by, note.strip()
    appeal.save(update_fields=["ending", "ended_on", "ended_by", "ending_note"])
    _write_down(appeal, "ended", by, ending=ending, on=on.isoformat())
    return appeal


def renew_deadlines() -> int:
    """The production calendar was changed by hand: deadlines that are still ahead follow it."""
    today, entered, moved = timezone.localdate(), entered_days(), 0
    for appeal in Appeal.objects.select_for_update().filter(ended_on=None, due_on__gte=today):
        days = settings.APPEAL_DAYS + (settings.APPEAL_EXTENSION_DAYS if appeal.extended_at else 0)
        due_on = add_workdays(appeal.received_on, days, entered)
        if due_on != appeal.due_on:
            appeal.due_on = due_on
            appeal.save(update_fields=["due_on"])
            moved += 1
    return moved


def _next_serial(year: int) -> int:
    """Taken under the lock of the year's row and given back with the transaction: no number is left out."""
    AppealYear.objects.get_or_create(year=year)
    row = AppealYear.objects.select_for_update().get(year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _locked(appeal: Appeal) -> Appeal:
    found = Appeal.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=appeal.pk)
    if found.ended_on is not None:
        raise Invalid("appeal_ended")
    return found


def _write_down(appeal: Appeal, what: str, by: User, **detail: str) -> None:
    record_event(
        ticket=appeal.ticket, kind=f"appeal_{what}", at=timezone.now(), user=by, number=appeal.number, **detail
    )
    record_audit(
        code=f"appeal.{what}",
        actor=by,
        object_kind="appeal",
        object_id=appeal.number,
        ticket=appeal.ticket_id,
        **detail,
    )
    announcements.announce_inbox([appeal.ticket.assignee_id], appeal.ticket)
