"""What the checks say: scores, single checks, how much was scored, and complaints that followed."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum

from chat.models import Conversation
from quality.models import ComplaintForecast, Finding, Score, Verdict
from quality.queries.planted import genuine
from quality.queries.rollups.days import Day, Found, Key, newest_scores, totals_of
from quality.rules.metrics import CHECK

KEYS = ("agent", "conversation__ticket__topic", "conversation__channel")
OF_SCORE = tuple(f"score__{name}" for name in KEYS)
RATED = (Verdict.PASS, Verdict.PARTIAL, Verdict.FAIL)


def found(day: Day) -> Iterator[Found]:
    yield from _scores(day)
    yield from _coverage(day)
    yield from _checks(day)
    yield from _complaints(day)


def newest_agent(path: str = "pk") -> Subquery:
    """Whom the last score of a conversation belongs to; ``path`` leads to the conversation's id."""
    return Subquery(Score.objects.filter(conversation=OuterRef(path)).order_by("-pk").values("agent")[:1])


def _scores(day: Day) -> Iterator[Found]:
    valued = Score.objects.filter(pk__in=newest_scores(day).values("pk"), value__isnull=False)
    rows = valued.values(*KEYS).annotate(n=Count("pk"), total=Sum("value"), squares=Sum(F("value") * F("value")))
    yield from _rows(rows, "auto_score", KEYS)


def _coverage(day: Day) -> Iterator[Found]:
    """Conversations closed on the day, and how many of them have a score."""
    closed = Conversation.objects.filter(day.holds("closed_at"), genuine(""), ticket__isnull=False)
    scored = Exists(Score.objects.filter(conversation=OuterRef("pk")))
    marked = closed.annotate(by=newest_agent(), is_scored=scored)
    keys = ("by", "ticket__topic", "channel")
    rows = marked.values(*keys).annotate(n=Count("pk"), k=Count("pk", filter=Q(is_scored=True)))
    yield from _rows(rows, "coverage", keys)


def _checks(day: Day) -> Iterator[Found]:
    """Of the conversations a check had to say something of, how many met it; checks in the shadow say nothing."""
    findings = Finding.objects.filter(score__in=newest_scores(day).values("pk"), verdict__in=RATED, counts=True)
    rows = findings.values("check_code", *OF_SCORE).annotate(
        n=Count("pk"), k=Count("pk", filter=Q(verdict=Verdict.PASS))
    )
    for row in rows:
        yield _key(f"{CHECK}{row['check_code']}", row, OF_SCORE), totals_of(row)


def _complaints(day: Day) -> Iterator[Found]:
    """Conversations whose horizon is over, and how many a complaint followed."""
    decided = ComplaintForecast.objects.filter(score__in=newest_scores(day).values("pk"), came__isnull=False)
    rows = decided.values(*OF_SCORE).annotate(n=Count("pk"), k=Count("pk", filter=Q(came=True)))
    yield from _rows(rows, "complaints", OF_SCORE)


def _rows(rows: Iterable[dict[str, Any]], metric: str, keys: tuple[str, ...]) -> Iterator[Found]:
    for row in rows:
        yield _key(metric, row, keys), totals_of(row)


def _key(metric: str, row: dict[str, Any], keys: tuple[str, ...]) -> Key:
    agent, topic, channel = (row[name] for name in keys)
    return Key(metric=metric, agent=agent, topic=topic, channel=channel)
