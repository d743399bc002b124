"""A day of the desk, the keys that a roll-up has, and what every source leaves out."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from quality.models import Score
from quality.queries.planted import genuine
from quality.rules.statistics.sums import Totals, added


@dataclass(frozen=True)
class Key:
    """What a row of the roll-up is of. Empty means "none", not "all"."""

    metric: str
    agent: UUID | None
    topic: int | None
    channel: str


Found = tuple[Key, Totals]


@dataclass(frozen=True)
class Period:
    """From one moment up to another."""

    start: datetime
    end: datetime

    def holds(self, field: str) -> Q:
        """The moment of this field lies in the period."""
        return Q(**{f"{field}__gte": self.start, f"{field}__lt": self.end})


@dataclass(frozen=True)
class Day:
    """From midnight to midnight in the desk's time zone; what ends on it, judged as of ``now``."""

    date: date
    now: datetime

    @property
    def start(self) -> datetime:
        return _midnight(self.date)

    @property
    def end(self) -> datetime:
        return _midnight(self.date + timedelta(days=1))

    def holds(self, field: str) -> Q:
        """The moment of this field lies on the day."""
        return Period(self.start, self.end).holds(field)


def newest_scores(day: Day | Period) -> QuerySet[Score]:
    """The last score of each conversation that ended on the day, or in the period."""
    later = Score.objects.filter(conversation=OuterRef("conversation"), pk__gt=OuterRef("pk"))
    ended = Score.objects.annotate(ended_at=Coalesce("conversation__closed_at", "created_at"))
    return ended.filter(day.holds("ended_at"), genuine("conversation")).filter(~Exists(later))


def totals_of(row: dict[str, Any]) -> Totals:
    """From an aggregate with n, k, total and squares."""
    total, squares = float(row.get("total") or 0), float(row.get("squares") or 0)
    return Totals(n=row["n"], k=row.get("k") or 0, sum=total, squares=squares)


def merged(found: Iterable[Found]) -> dict[Key, Totals]:
    """One row for each key, the same to the last digit in whatever order the rows came."""
    many: defaultdict[Key, list[Totals]] = defaultdict(list)
    for key, totals in found:
        many[key].append(totals)
    return {key: added(each) for key, each in many.items()}


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(0), timezone.get_default_timezone())
