"""Terms in working days: nobody is late because of a Sunday."""

from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo

USUAL = frozenset(range(5))  # Monday to Friday, for a desk that never closes


def after_workdays(at: datetime, days: int, *, workdays: Collection[int], zone: tzinfo) -> datetime:
    """The end of the n-th working day after the day of ``at``."""
    kept = frozenset(workdays) or USUAL
    day, left = at.astimezone(zone).date(), days
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() in kept
    return datetime.combine(day + timedelta(days=1), time(0), zone)
