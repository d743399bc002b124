"""How the promised work fares: for each class the age of the oldest undone row, and who does it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet

from tickets.models import Assignment, Job, Ticket
from tickets.rules.moments import age_of
from tickets.rules.workers import OTHER, ROUTING, WORKS, ClassNow, Pulse

RECENTLY = timedelta(minutes=1)
CLASS_OF_LOCKS = 0x776F726B  # "work": the advisory locks that tell which workers live


def classes_of_work(now: datetime, kinds: Collection[str] | None = None) -> list[ClassNow]:
    """How every class stands, or how these kinds of its jobs do."""
    owed, undone = Q(failed_at=None, done_at=None), Q(done_at=None)
    ours = Q() if kinds is None else Q(kind__in=kinds)
    rows = (
        Job.objects.filter(ours, undone | Q(done_at__gt=now - RECENTLY))
        .values("work")
        .annotate(
            oldest=Min("due_at", filter=owed & Q(due_at__lte=now)),
            waiting=Count("pk", filter=owed & Q(due_at__lte=now)),
            failed=Count("pk", filter=undone & Q(failed_at__isnull=False)),
            claimed=Max("claimed_at"),
        )
    )
    found = {row["work"] or OTHER: _class_now(dict(row), now) for row in rows}
    found[ROUTING] = ClassNow(ROUTING, age=age_of(_oldest_overdue(now), now))
    return [found.get(work, ClassNow(work)) for work in (ROUTING, *WORKS)]


def failed_jobs() -> QuerySet[Job]:
    """What was given up and waits for a person, the latest first."""
    return Job.objects.filter(failed_at__isnull=False, done_at=None).order_by("-failed_at")


def job_with(id: int) -> Job | None:  # noqa: A002
    return Job.objects.filter(pk=id).first()


def pulses(*, host: str = "") -> list[Pulse]:
    """The workers there are, with the age of their pulse by the database's own clock."""
    statement = "select works, host, pid, extract(epoch from clock_timestamp() - beat_at) from tickets_worker"
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} where %s in ('', host) order by id", [host])
        return [Pulse(tuple(works.split(",")), host, pid, float(age)) for works, host, pid, age in cursor.fetchall()]


def workers_that_live() -> Iterable[int]:
    """Ids of the workers whose lock is held by a connection of theirs."""
    statement = """
        select objid from pg_locks where locktype = 'advisory' and granted and classid::bigint = %s
           and database = (select oid from pg_database where datname = current_database())
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [CLASS_OF_LOCKS])
        return [int(row[0]) for row in cursor.fetchall()]


def _class_now(row: dict[str, Any], now: datetime) -> ClassNow:
    since_claim = age_of(row["claimed"], now) if row["claimed"] else None
    return ClassNow(row["work"] or OTHER, age_of(row["oldest"], now), row["waiting"], row["failed"], since_claim)


def _oldest_overdue(now: datetime) -> datetime | None:
    """What the sweep of routing should have changed: snoozes that ended, answers that did not come in time."""
    snoozed = Ticket.objects.filter(snoozed_until__lte=now).aggregate(at=Min("snoozed_until"))["at"]
    lapsed = Assignment.objects.filter(until=None, answer_due_at__lte=now, ticket__waiting_since__isnull=False)
    unanswered = Q(ticket__staff_wrote_at=None) | Q(ticket__staff_wrote_at__lt=F("since"))
    late = lapsed.filter(unanswered).aggregate(at=Min("answer_due_at"))["at"]
    return min((moment for moment in (snoozed, late) if moment), default=None)
