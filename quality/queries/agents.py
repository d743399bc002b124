"""One agent over the last weeks: the trend, where weight is lost, and everything people wrote about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, FloatField, QuerySet, Sum
from django.db.models.functions import Cast
from django.utils import timezone

from identity.models import User
from quality.models import CoachingSession, Criterion, Finding, Pin, Rating, Review, Score, StandardVersion
from quality.queries.metrics import MetricRow, metric
from quality.queries.rollups.days import Period, newest_scores
from quality.queries.standards import sections_of
from quality.rules.statistics.estimates import Estimate
from quality.rules.statistics.intervals import wilson

WEEKS = 12
STEPS = 3  # periods of four weeks in the table of criteria
MOST = 30
SHARES = {"pass": 1.0, "partial": 0.5, "fail": 0.0}


@dataclass(frozen=True)
class Heat:
    """One criterion: what people say over the whole time, and what the checks say in each four weeks, oldest first."""

    criterion: Criterion
    people: Estimate
    checks: list[Estimate]


def trend(agent: User, name: str, today: date) -> list[MetricRow]:
    """A metric of the agent by week."""
    since = today - timedelta(weeks=WEEKS) - timedelta(days=today.weekday())
    return metric(name, group_by="week", since=since, until=today, filters={"agent": agent.pk})


def overall(agent: User, name: str, today: date) -> Estimate:
    since = today - timedelta(weeks=WEEKS)
    return metric(name, since=since, until=today, filters={"agent": agent.pk})[0].estimate


def heat_of(agent: User, version: StandardVersion | None, today: date) -> list[Heat]:
    """Every criterion of the version in force, the weakest by the newest four weeks marked by the page."""
    if version is None:
        return []
    steps = [_checked(agent, today - timedelta(weeks=4 * step), weeks=4) for step in range(STEPS - 1, -1, -1)]
    people = _rated(agent, today)
    nothing = wilson(0, 0)
    criteria = [criterion for section in sections_of(version) for criterion in section.criteria.all()]
    return [
        Heat(one, people.get(one.code, nothing), [step.get(one.code, nothing) for step in steps]) for one in criteria
    ]


def reviews_of(agent: User) -> QuerySet[Review]:
    found = Review.objects.filter(agent=agent, counts=True).exclude(status=Review.Status.DRAFT)
    return found.select_related("reviewer", *_SCORE).order_by("-submitted_at", "-pk")


def self_reviews_of(agent: User) -> QuerySet[Review]:
    found = Review.objects.filter(reviewer=agent, source=Review.Source.SELF).exclude(status=Review.Status.DRAFT)
    return found.select_related(*_SCORE).order_by("-submitted_at", "-pk")


def pins_of(agent: User) -> QuerySet[Pin]:
    related = ("by", *_SCORE)
    return Pin.objects.filter(agent=agent).select_related(*related).order_by("-created_at", "-pk")


def coaching_of(agent: User) -> QuerySet[CoachingSession]:
    held = CoachingSession.objects.filter(agent=agent).select_related("coach")
    return held.prefetch_related("pins__score__conversation__ticket__topic").order_by("-held_on", "-pk")


def pin_of(score: Score, by: User) -> Pin | None:
    return Pin.objects.filter(score=score, by=by).first()


def sessions_to_measure(today: date) -> list[CoachingSession]:
    """Talks whose four weeks after them are not over, or were never measured to their end."""
    since = today - timedelta(days=90)
    found = CoachingSession.objects.filter(held_on__gte=since, held_on__lt=today).select_related("agent")
    return [one for one in found.order_by("pk") if not one.effect.get("is_final")]


def means_by_agent(codes: Iterable[str], since: date, until: date) -> dict[Any, tuple[float, int]]:
    """For each agent the mean place of these criteria in points, and the conversations it rests on.

    What a reviewer said stands, otherwise what the checks that count said; the worst of several checks.
    """
    scores = newest_scores(Period(_start(since), _start(until + timedelta(days=1)))).filter(agent__isnull=False)
    wanted = {"criterion__code__in": list(codes), "score__in": scores.values("pk")}
    values: dict[tuple[Any, int, str], float] = {}
    checked = Finding.objects.filter(**wanted, counts=True, verdict__in=list(SHARES))
    for agent, score, code, verdict in checked.values_list(*_KEYS, "verdict"):
        key = (agent, score, code)
        values[key] = min(values.get(key, 1.0), SHARES[verdict])
    rated = Rating.objects.filter(review__in=_counting(scores), criterion__code__in=list(codes), value__isnull=False)
    for agent, score, code, value in rated.values_list(*[f"review__{key}" for key in _KEYS[:2]], _KEYS[2], "value"):
        values[agent, score, code] = float(value)
    return _means(values)


_KEYS = ("score__agent", "score", "criterion__code")
_SCORE = ("score__conversation__ticket__topic", "score__conversation__borrower")


def _means(values: dict[tuple[Any, int, str], float]) -> dict[Any, tuple[float, int]]:
    found: dict[Any, tuple[list[float], set[int]]] = {}
    for (agent, score, _code), value in values.items():
        places, scores = found.setdefault(agent, ([], set()))
        places.append(value)
        scores.add(score)
    return {agent: (100 * sum(places) / len(places), len(scores)) for agent, (places, scores) in found.items()}


def _counting(scores: QuerySet[Score]) -> QuerySet[Any]:
    counted = Review.objects.filter(counts=True, score__in=scores.values("pk"))
    return counted.exclude(status=Review.Status.DRAFT).values("pk")


def _checked(agent: User, until: date, *, weeks: int) -> dict[str, Estimate]:
    period = Period(_start(until - timedelta(weeks=weeks) + timedelta(days=1)), _start(until + timedelta(days=1)))
    scores = newest_scores(period).filter(agent=agent)
    counted = Finding.objects.filter(score__in=scores.values("pk"), counts=True, verdict__in=list(SHARES))
    rows = counted.order_by().values("criterion__code", "verdict").annotate(n=Count("pk"))
    sums: dict[str, tuple[float, int]] = {}
    for row in rows:
        total, n = sums.get(row["criterion__code"], (0.0, 0))
        sums[row["criterion__code"]] = (total + SHARES[row["verdict"]] * row["n"], n + row["n"])
    return {code: wilson(total, n) for code, (total, n) in sums.items()}


def _rated(agent: User, today: date) -> dict[str, Estimate]:
    since = _start(today - timedelta(weeks=WEEKS))
    counted = Review.objects.filter(agent=agent, counts=True, submitted_at__gte=since)
    rated = Rating.objects.filter(review__in=counted.exclude(status=Review.Status.DRAFT), value__isnull=False)
    rows = rated.order_by().values("criterion__code")
    found = rows.annotate(n=Count("pk"), total=Sum(Cast("value", FloatField())))
    return {row["criterion__code"]: wilson(row["total"], row["n"]) for row in found}


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
