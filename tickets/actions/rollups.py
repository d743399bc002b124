"""Rolling days up: rows of the log become figures, and always the same figures."""

import hashlib
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils import timezone

from supportdesk.realtime import failpoint, replica
from tickets import jobs
from tickets.actions.outbox import enqueue
from tickets.models import DayFigure, HalfHourFigure, Job, RolledDay
from tickets.queries.rollups import days_changed, days_due, rolled_day
from tickets.rules.rollups import Figures, Key, Rolled

KIND = "roll_up"
SECONDS = 300.0
BATCH = 2000
LOCK = 6_208_001  # of Postgres: two that roll the same day up wait for one another
AT_ONCE = 40  # days promised at a time; the next round goes on


@jobs.handler(KIND, work=jobs.REPORT, seconds=SECONDS)
def roll_up_one(job: Job) -> None:
    """The figures and the job's mark are one transaction: killed anywhere, the day is as it was, and owed."""
    roll_up_day(on=date.fromisoformat(job.payload["date"]))


def promise_roll_ups(*, now: datetime | None = None) -> int:
    """A job for each day that has no figures, or figures of before it was over."""
    return _promise(days_due(now or timezone.now())[:AT_ONCE])


def promise_changed(*, back: timedelta) -> int:
    """A job for each day of whose tickets the log has said something new in this time."""
    return _promise(days_changed(timezone.now() - back))


def promise_days(*, since: date) -> int:
    """A job for each day from then to today: something was written into the past."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    return _promise([since + timedelta(days=ahead) for ahead in range((today - since).days + 1)])


def promise_day(*, of: datetime) -> None:
    """A job for the day of this moment where it is over: something that counts on it was said late."""
    zone = timezone.get_default_timezone()
    on = timezone.localdate(of, zone)
    if on < timezone.localdate(timezone=zone):
        _promise([on])


@transaction.atomic
def _promise(days: Sequence[date]) -> int:
    """As long as a day was not rolled up again its job has the same key."""
    known = dict(RolledDay.objects.filter(date__in=days).values_list("date", "computed_at"))
    for on in days:
        stamp = f"{known[on]:%Y%m%d%H%M%S%f}" if on in known else "first"
        enqueue(kind=KIND, key=f"{KIND}:{on}:{stamp}", payload={"date": on.isoformat()})
    return len(days)


@transaction.atomic
def roll_up_day(*, on: date, now: datetime | None = None) -> RolledDay:
    """Compute a day anew from the log, on the replica where there is one, and put it in the place of what stood."""
    began, moment = time.monotonic(), now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, on.toordinal()])
    found, as_of = replica.read(rolled_day, on=on, now=moment)
    DayFigure.objects.filter(date=on).delete()
    HalfHourFigure.objects.filter(date=on).delete()
    failpoint("rollups.erased")
    days, halves = _days(on, found), _halves(on, found)
    DayFigure.objects.bulk_create(days, batch_size=BATCH)
    HalfHourFigure.objects.bulk_create(halves, batch_size=BATCH)
    failpoint("rollups.written")
    facts = {"computed_at": min(moment, as_of or moment), "took": round(time.monotonic() - began, 2)}
    facts |= {"dialogs": _opened(found), "digest": digest_of([*days, *halves])}
    rolled, _ = RolledDay.objects.update_or_create(date=on, defaults=facts)
    return rolled


def digest_of(rows: Iterable[DayFigure | HalfHourFigure]) -> str:
    """The same for the same numbers."""
    names = ("half_hour", "by", "measure", "channel", "agent_id", "topic_id", "n", "k", "total", "counts")
    lines = (orjson.dumps([str(getattr(row, name, "")) for name in names]) for row in rows)
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


def _days(on: date, found: Rolled) -> list[DayFigure]:
    rows = _sorted(found.day)
    return [
        DayFigure(date=on, counts={str(at): n for at, n in figure.counts(key.measure).items()}, **_row(key, figure))
        for key, figure in rows
    ]


def _halves(on: date, found: Rolled) -> list[HalfHourFigure]:
    return [
        HalfHourFigure(date=on, half_hour=half, **_row(key, figure))
        for half, figures in sorted(found.halves.items())
        for key, figure in _sorted(figures)
    ]


def _sorted(figures: Figures) -> list[tuple[Key, Any]]:
    return sorted(figures.items(), key=lambda item: tuple(map(str, item[0])))


def _row(key: Key, figure: Any) -> dict[str, Any]:
    return {
        "by": key.by,
        "measure": key.measure,
        "channel": key.channel,
        "agent_id": key.agent,
        "topic_id": key.topic,
        "n": figure.n,
        "k": figure.k,
        "total": figure.total,
    }


def _opened(found: Rolled) -> int:
    return sum(figure.n for key, figure in found.day.items() if key.by == 0 and key.measure == "opened")
