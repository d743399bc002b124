"""How the desk itself is doing, gathered for the operations page, the alarms and ``/metrics``."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q
from django.utils import timezone

from supportdesk import hasty
from supportdesk.realtime import metrics
from tickets.models import Mailbox, ProbeRun, Process, Ticket
from tickets.queries.acknowledgements import acknowledgements_lately
from tickets.queries.letters import letters_to_look_at
from tickets.queries.mailboxes import UNDER_WAY, journal_gaps
from tickets.queries.outbox import classes_of_work, pulses
from tickets.rules.alarms import DeskFacts, LiveNow, MailboxNow, ProcessNow, RoundNow
from tickets.rules.histograms import added
from tickets.rules.moments import age_of

REMEMBERED = timedelta(days=1)  # a process that was seen within it is shown
FRESH = timedelta(seconds=60)
ROUNDS = 10
DATABASE = """
select (select count(*) from pg_stat_activity where backend_type = 'client backend'),
       current_setting('max_connections')::int, pg_database_size(current_database())
"""


def desk_facts() -> DeskFacts:
    """Everything the alarms look at, in a dozen small queries."""
    now = timezone.now()
    processes = list(Process.objects.filter(seen_at__gt=now - REMEMBERED).order_by("program", "host", "-seen_at"))
    connections, limit, size = _database()
    lately, usually = acknowledgements_lately()
    waiting = Ticket.objects.filter(queued_at__isnull=False).aggregate(n=Count("pk"), since=Min("queued_at"))
    return DeskFacts(
        live=live_now(process.facts for process in processes if process.seen_at > now - FRESH),
        processes=[_process(process, now) for process in processes],
        works=classes_of_work(now),
        pulses=pulses(),
        mailboxes=mailboxes_now(now),
        rounds=[_round(run, now) for run in ProbeRun.objects.all()[:ROUNDS]],
        chats_waiting=waiting["n"],
        chat_age=age_of(waiting["since"], now),
        letters_set_aside=letters_to_look_at().count(),
        acknowledged_lately=lately,
        acknowledged_usually=usually,
        journal_gaps=journal_gaps(),
        connections=connections,
        connections_limit=limit,
        database_size=size,
        redis_is_up=hasty.answers(settings.REDIS_URL),
    )


def live_now(figures: Iterable[dict[str, Any]]) -> LiveNow:
    """The figures of several processes, or of several minutes, together."""
    many = list(figures)
    return LiveNow(
        bounds=metrics.SECONDS,
        acknowledged=added(each.get("acknowledged", ()) for each in many),
        delivered=added(each.get("delivered", ()) for each in many),
        posted=round(sum(each.get("posted", {}).get("stored", 0) for each in many)),
        resumed=round(sum(each.get("resumed", 0) for each in many)),
        gaps=round(sum(each.get("gaps", 0) for each in many)),
        resets=round(sum(each.get("resets", 0) for each in many)),
        refused=_together(each.get("refused", {}) for each in many),
    )


def mailboxes_now(now: datetime) -> list[MailboxNow]:
    """Each mailbox with what came and was not read yet."""
    unread = Q(letters__state__in=UNDER_WAY)
    boxes = Mailbox.objects.annotate(
        unread=Count("letters", filter=unread), oldest=Min("letters__received_at", filter=unread)
    )
    return [
        MailboxNow(
            id=box.pk,
            address=box.address,
            is_on=box.is_fetched and not box.is_paused,
            age=age_of(box.last_success_at, now) if box.last_success_at else None,
            waiting=box.unread,
            oldest=age_of(box.oldest, now),
            state=box.state,
            error=box.last_error,
            missed=box.missed_count,
        )
        for box in boxes.order_by("address")
    ]


def _database() -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(DATABASE)
        connections, limit, size = cursor.fetchone()
        return int(connections), int(limit), int(size)


def _process(process: Process, now: datetime) -> ProcessNow:
    facts = process.facts
    return ProcessNow(
        program=process.program,
        host=process.host,
        pid=process.pid,
        age=age_of(process.seen_at, now),
        sockets=facts.get("sockets", {}),
        memory=facts.get("memory", 0),
        lag=facts.get("lag", 0.0),
        disk_used=facts.get("disk_used"),
        release=process.release,
    )


def _round(run: ProbeRun, now: datetime) -> RoundNow:
    times = (run.acknowledgement_time, run.round_trip_time, run.resume_time)
    return RoundNow(age_of(run.at, now), run.failed_step, *times)


def _together(many: Iterable[dict[str, float]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in many:
        for code, count in each.items():
            found[code] = found.get(code, 0) + round(count)
    return found
