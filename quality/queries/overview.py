"""Figures of the first page of quality, out of the roll-ups; ``narrowed`` is what the reader must not learn of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, FloatField, QuerySet, Sum, Value, When
from django.utils import timezone

from identity.models import User
from quality.models import CalibrationSession, Criterion, Finding, ReviewTask, Score, StandardVersion
from quality.queries.calibration import agreement_in
from quality.queries.metrics import MetricRow, family, metric, totals_of, weekly
from quality.queries.rollups.days import Period, newest_scores
from quality.queries.scores import newest_of_each
from quality.queries.standards import sections_of
from quality.rules.metrics import CHECK, CRITERION
from quality.rules.spans import Span
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.indices import difference
from quality.rules.statistics.shrinkage import Sums, shrunken_means
from quality.rules.statistics.sums import limited

WEEKS = 12
MARK = 80  # while no standard is in force
LEAST = 8  # conversations an agent's score needs before it is compared
Narrowed = Mapping[str, Any]


@dataclass(frozen=True)
class Figures:
    """What people say, how it moved, what the checks say, and how much of all was checked."""

    iqs: Estimate
    change: Estimate
    checks: Estimate
    coverage: Estimate


@dataclass(frozen=True)
class AgentFigures:
    agent: User
    score: Estimate
    rating: Estimate
    weeks: list[MetricRow] = field(default_factory=list)
    weakest: Criterion | None = None

    @property
    def is_enough(self) -> bool:
        return self.score.n >= LEAST


def figures(span: Span, narrowed: Narrowed) -> Figures:
    def of(name: str, during: Span) -> Estimate:
        return metric(name, since=during.first, until=during.last, filters=narrowed)[0].estimate

    iqs = of("iqs", span)
    return Figures(iqs, difference(of("iqs", span.before), iqs), of("auto_score", span), of("coverage", span))


def weeks_of(name: str, today: date, narrowed: Narrowed) -> list[MetricRow]:
    """Twelve weeks of a metric, the running one last."""
    return metric(name, group_by="week", since=first_week(today), until=today, filters=narrowed)


def first_week(today: date) -> date:
    return today - timedelta(weeks=WEEKS - 1, days=today.weekday())


def criteria(span: Span, narrowed: Narrowed) -> tuple[str, dict[str, Estimate]]:
    """What people say of each criterion, or the checks while nobody reviewed; with the family it comes from."""
    during: dict[str, Any] = {"since": span.first, "until": span.last, "filters": narrowed}
    people = family(CRITERION, **during)
    return (CRITERION, people) if people else (CHECK, family(CHECK, **during))


def agents(span: Span, today: date, scores: QuerySet[Score], narrowed: Narrowed) -> list[AgentFigures]:
    """Each agent's score, drawn to the mean of all, best first; those with too few conversations at the end."""
    during: dict[str, Any] = {"since": span.first, "until": span.last, "filters": narrowed}
    values = _scores_of(during)
    ratings = {row.key: row.estimate for row in metric("rating", group_by="agent", **during)}
    lines = weekly("auto_score", by="agent", since=first_week(today), until=today, filters=narrowed)
    weakest = _weakest(scores.filter(pk__in=newest_scores(period_of(span)).values("pk")))
    people = User.objects.in_bulk([key for key in values if key])
    nothing = metric("rating", **{**during, "filters": {**narrowed, "agent": None, "channel": "-"}})[0].estimate
    found = [
        AgentFigures(person, values[key], ratings.get(key, nothing), lines.get(key, []), weakest.get(key))
        for key, person in people.items()
    ]
    return sorted(found, key=lambda one: (not one.is_enough, -(one.score.value or 0), one.agent.full_name))


def tasks_during(span: Span) -> tuple[int, int]:
    """Of what plans drew in this time: reviewed, and all that was not dropped."""
    period = period_of(span)
    drawn = ReviewTask.objects.filter(period.holds("drawn_at")).exclude(status=ReviewTask.Status.DROPPED)
    return drawn.filter(status=ReviewTask.Status.DONE).count(), drawn.count()


def moments_of(span: Span) -> tuple[datetime, datetime]:
    period = period_of(span)
    return period.start, period.end


def last_calibration() -> CalibrationSession | None:
    closed = CalibrationSession.objects.filter(status=CalibrationSession.Status.CLOSED, results__has_key="criteria")
    return closed.order_by("-closed_at", "-pk").first()


def agreed(session: CalibrationSession | None) -> Estimate | None:
    return agreement_in(session) if session else None


def calibrated(session: CalibrationSession | None) -> dict[int, Score]:
    return {score.pk: score for score in newest_of_each(session.scores.all())} if session else {}


def criteria_of_version(version: StandardVersion | None) -> list[Criterion]:
    return [criterion for section in sections_of(version) for criterion in section.criteria.all()] if version else []


def _scores_of(during: dict[str, Any]) -> dict[UUID | None, Estimate]:
    totals = totals_of("auto_score", group_by="agent", **during)
    drawn = shrunken_means({key: Sums(one.n, one.sum, one.squares) for key, one in totals.items()})
    plain = {row.key: row.estimate for row in metric("auto_score", group_by="agent", **during)}
    return {
        key: limited(drawn[key], 0, 100) if key in drawn and drawn[key].is_known else one for key, one in plain.items()
    }


def _weakest(scores: QuerySet[Score]) -> dict[UUID, Criterion]:
    """For each agent, the criterion that costs most weight; none when nothing was lost."""
    lost = Case(When(verdict="fail", then=Value(1.0)), default=Value(0.5), output_field=FloatField())
    failed = Finding.objects.filter(score__in=scores.values("pk"), counts=True, verdict__in=["fail", "partial"])
    rows = failed.filter(score__agent__isnull=False).values("score__agent", "criterion")
    worst: dict[UUID, int] = {}
    for row in rows.annotate(cost=Sum(lost * F("criterion__weight"))).order_by("cost", "criterion"):
        worst[row["score__agent"]] = row["criterion"]
    found = Criterion.objects.in_bulk(list(worst.values()))
    return {agent: found[criterion] for agent, criterion in worst.items()}


def period_of(span: Span) -> Period:
    return Period(_midnight(span.first), _midnight(span.last + timedelta(days=1)))


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))
