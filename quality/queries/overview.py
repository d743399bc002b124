"""Figures of the quality page: what the last days' scores add up to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Avg, Case, Count, F, FloatField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from identity.models import User
from quality.models import Criterion, Finding, Score
from quality.queries.planted import genuine

RATING = "conversation__survey_answer__rating"
LEAST = 8  # conversations an agent's mean needs before it is compared


@dataclass(frozen=True)
class Figures:
    """Means with the number they rest on."""

    scored: int
    mean: float | None
    to_confirm: int
    rating: float | None
    ratings: int


@dataclass(frozen=True)
class AgentFigures:
    agent: User
    scored: int
    mean: float | None
    rating: float | None
    weakest: Criterion | None

    @property
    def is_enough(self) -> bool:
        return self.scored >= LEAST


def newest_ids(scores: QuerySet[Score], since: datetime) -> list[int]:
    """The latest score of each genuine conversation that ended since a moment, whenever it was scored."""
    ended = scores.annotate(ended_at=Coalesce("conversation__closed_at", "created_at"))
    ended = ended.filter(genuine("conversation"), ended_at__gte=since)
    newest = ended.order_by("conversation_id", "-id").distinct("conversation_id")
    return list(newest.values_list("pk", flat=True))


def figures(ids: list[int]) -> Figures:
    scores = Score.objects.filter(pk__in=ids)
    totals = scores.aggregate(
        scored=Count("pk"),
        mean=Avg("value"),
        to_confirm=Count("pk", filter=_waits()),
        rating=Avg(RATING),
        ratings=Count(RATING),
    )
    return Figures(
        scored=totals["scored"],
        mean=_number(totals["mean"]),
        to_confirm=totals["to_confirm"],
        rating=_number(totals["rating"]),
        ratings=totals["ratings"],
    )


def agents(ids: list[int]) -> list[AgentFigures]:
    """Each agent's mean, best first; those with too few conversations at the end."""
    grouped = Score.objects.filter(pk__in=ids, agent__isnull=False).values("agent")
    rows = list(grouped.annotate(scored=Count("pk"), mean=Avg("value"), rating=Avg(RATING)))
    people = User.objects.in_bulk([row["agent"] for row in rows])
    weakest = _weakest(ids)
    found = [
        AgentFigures(
            agent=people[row["agent"]],
            scored=row["scored"],
            mean=_number(row["mean"]),
            rating=_number(row["rating"]),
            weakest=weakest.get(row["agent"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.is_enough, -(one.mean or 0), one.agent.full_name))


def _weakest(ids: list[int]) -> dict[UUID, Criterion]:
    """For each agent, the criterion that costs most weight; none when nothing was lost."""
    lost = Case(When(verdict="fail", then=Value(1.0)), default=Value(0.5), output_field=FloatField())
    failed = Finding.objects.filter(score__in=ids, verdict__in=["fail", "partial"], score__agent__isnull=False)
    rows = failed.values("score__agent", "criterion").annotate(cost=Sum(lost * F("criterion__weight")))
    worst: dict[UUID, int] = {}
    for row in rows.order_by("cost"):
        worst[row["score__agent"]] = row["criterion"]
    criteria = Criterion.objects.in_bulk(list(worst.values()))
    return {agent: criteria[criterion] for agent, criterion in worst.items()}


def _waits() -> Q:
    return Q(critical_to_confirm=True) & ~Q(pk__in=Score.objects.filter(reviews__isnull=False).values("pk"))


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
