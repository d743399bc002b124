"""Moments as the interface writes them, and how long ago they were."""

from datetime import UTC, datetime


def age_of(since: datetime | None, now: datetime) -> float:
    """Seconds since a moment; 0 where there is none, and for one that is still to come."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def instant_or_none(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
