"""Lines of an export: one for each thing that a figure counts; numbers of cards and documents are masked."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import User
from identity.rules.pii import mask_cards, mask_documents
from tickets import access
from tickets.errors import NotVisible
from tickets.models import Export
from tickets.queries.report_dialogs import Row, Wanted, by_day, local_text, rows_of
from tickets.queries.rollup_facts import midnight
from tickets.queries.rollups import first_day

SHOWN = 20


def exports_of(user: User) -> list[Export]:
    """One's own, the newest first, as long as they are kept."""
    return list(Export.objects.filter(asked_by=user, expires_at__gt=timezone.now()).order_by("-asked_at")[:SHOWN])


def export_for(user: object, export_id: UUID) -> Export:
    """A table that one asked for oneself; nobody else's is there."""
    asker = access.supervisor_of(user)
    export = Export.objects.filter(pk=export_id, asked_by=asker, expires_at__gt=timezone.now()).first()
    if export is None:
        raise NotVisible
    return export


def ready_export_for(user: object, export_id: UUID) -> Export:
    """The same, once it is written."""
    export = export_for(user, export_id)
    if export.state != Export.State.READY:
        raise NotVisible
    return export


def header() -> list[str]:
    return [
        _("Ticket"), _("When"), _("Channel"), _("Topic"), _("Agent"), _("Subject"), _("Status"), _("Opened at"),
        _("First answer at"), _("Resolved at"), _("Seconds, or the answer"), _("In time, solved or satisfied"),
    ]  # fmt: skip


def lines_of(*, wanted: Wanted, user: User, on: date) -> list[list[Any]]:
    """Those of one day."""
    day = Wanted(**{**vars(wanted), "asked": type(wanted.asked)(**{**vars(wanted.asked), "since": on})})
    facts = next((facts for _on, facts in by_day(day, on)), [])
    return [line_of(row) for row in rows_of(facts, user)]


def line_of(row: Row) -> list[Any]:
    fact, ticket = row.fact, row.ticket
    return [
        ticket.number,
        local_text(fact.at),
        fact.channel,
        ticket.topic.title if ticket.topic else "",
        row.agent.full_name if row.agent else "",
        mask_documents(mask_cards(ticket.conversation.subject)),
        ticket.get_status_display(),
        local_text(ticket.opened_at),
        local_text(ticket.first_response_at),
        local_text(ticket.resolved_at),
        round(fact.value, 3),
        _("yes") if fact.success else _("no"),
    ]


def next_day(wanted: Wanted, after: date | None) -> date | None:
    """The day before, down to the first that has anything to say; None when there is none."""
    first = first_day()
    if first is None:
        return None
    today = timezone.localdate(timezone.now(), timezone.get_default_timezone())
    on = min(wanted.asked.until, today) if after is None else after - timedelta(days=1)
    oldest = max(wanted.asked.since, first)
    while on >= oldest and wanted.weekday is not None and on.weekday() != wanted.weekday:
        on -= timedelta(days=1)
    return on if on >= oldest and midnight(on) <= timezone.now() else None
