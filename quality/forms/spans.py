"""Which week, month or quarter a page was asked for."""

from collections.abc import Mapping
from datetime import date

from django.utils import timezone

from quality.rules.spans import Length, Span, span_of


def span_asked(query: Mapping[str, str]) -> Span:
    """``period`` is a length, ``on`` any day of it; this month when nothing else is said."""
    today, length = timezone.localdate(), query.get("period", "")
    try:
        on = date.fromisoformat(query.get("on", ""))
    except ValueError:
        on = today
    chosen = Length(length) if length in set(Length) else Length.MONTH
    return span_of(chosen, on if date(2000, 1, 1) < on <= today else today)
