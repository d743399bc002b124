"""Rolling up: a day's rows become sums, and always the same sums."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from quality.models import MetricDay
from quality.queries.rollups import Day, found_on
from quality.queries.rollups.days import Key, merged
from quality.rules.statistics.sums import Totals

NIGHTLY_DAYS = 45  # a review, a dispute or a complaint may change a day as late as this
RECENT_DAYS = 2
BATCH = 1000
LOCK = 5_208_001  # of Postgres: two that roll the same days up wait for one another


@transaction.atomic
def roll_up_day(*, on: date, now: datetime | None = None) -> int:
    """Compute a day anew from the rows and put it in the place of what stood there; how many rows it made."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, on.toordinal()])
    rows = merged(found_on(Day(date=on, now=now or timezone.now())))
    MetricDay.objects.filter(date=on).delete()
    MetricDay.objects.bulk_create(_rows(on, rows), batch_size=BATCH)
    return len(rows)


def roll_up_last(*, days: int) -> int:
    """Today and the days before it, the newest first; each day is a transaction of its own."""
    today = timezone.localdate(timezone=timezone.get_default_timezone())
    return sum(roll_up_day(on=today - timedelta(days=back)) for back in range(days))


def _rows(on: date, rows: Mapping[Key, Totals]) -> list[MetricDay]:
    return [
        MetricDay(
            date=on,
            metric=key.metric,
            agent_id=key.agent,
            topic_id=key.topic,
            channel=key.channel,
            n=totals.n,
            k=totals.k,
            sum=totals.sum,
            sum_of_squares=totals.squares,
            base=totals.base,
            base_squares=totals.base_squares,
            base_products=totals.products,
        )
        for key, totals in rows.items()
    ]
