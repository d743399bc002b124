"""A moment as the browser's field gives it: ``2026-12-01T00:00`` in the desk's time zone."""

from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime


def read_moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text.strip())
    except ValueError:
        return None
    if moment is None:
        return None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
