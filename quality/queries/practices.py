"""What is known of practices: who adopted them, and the metric of each agent on both sides of the roll-out."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from identity.models import Role, User
from quality.models import Finding, Practice, PracticeAdoption, PracticeEffect, Score, Verdict
from quality.queries.metrics import metric
from quality.queries.planted import genuine
from quality.queries.transcripts import transcript_of
from quality.rules.practices import is_eligible, says
from tickets.models import TicketEvent, Topic


def practices() -> QuerySet[Practice]:
    return Practice.objects.select_related("owner").order_by("-created_at")


def practices_under_way() -> QuerySet[Practice]:
    """Those that are tried now, with whoever takes part."""
    tried = [Practice.Status.PILOT, Practice.Status.ROLLED_OUT]
    return Practice.objects.filter(status__in=tried, rollout_at__isnull=False).prefetch_related("treated", "control")


def newest_effect(practice: Practice) -> PracticeEffect | None:
    return practice.effects.order_by("-computed_at").first()


def agents() -> list[User]:
    """Who may be in an arm: agents who work here."""
    return list(User.objects.filter(deactivated_at=None, role=Role.AGENT).order_by("full_name"))


def values_by_agent(practice: Practice, arm: Iterable[User], window: tuple[date, date]) -> dict[UUID, float]:
    """The practice's metric of each agent of an arm in a window, over eligible channels and topics.

    Agents without a value are left out. Several channels or topics are weighted by what each agent had of them.
    """
    wanted = {one.pk for one in arm}
    sums: dict[UUID, tuple[float, int]] = {}
    for filters in _filters(practice):
        for row in metric(practice.metric, group_by="agent", since=window[0], until=window[1], filters=filters):
            if row.key in wanted and row.estimate.value is not None and row.estimate.n:
                total, n = sums.get(row.key, (0.0, 0))
                sums[row.key] = (total + row.estimate.value * row.estimate.n, n + row.estimate.n)
    return {agent: total / n for agent, (total, n) in sums.items()}


def _filters(practice: Practice) -> list[dict[str, Any]]:
    channels = practice.filters.get("channels") or [None]
    codes = practice.filters.get("topics") or []
    topics: list[int | None] = list(Topic.objects.filter(code__in=codes).values_list("pk", flat=True)) or [None]
    found = []
    for channel in channels:
        for topic in topics:
            one: dict[str, Any] = {} if channel is None else {"channel": channel}
            found.append(one if topic is None else {**one, "topic": topic})
    return found


def scores_of_day(practice: Practice, day: date) -> list[Score]:
    """The newest score of each eligible conversation of the practice's agents that was scored that day."""
    people = [*practice.treated.all(), *practice.control.all()]
    found = Score.objects.filter(genuine("conversation"), agent__in=people, created_at__date=day)
    rows = found.select_related("conversation__ticket__topic").order_by("conversation", "-created_at")
    newest = list(rows.distinct("conversation"))
    return [one for one in newest if _is_eligible(practice, one)]


def _is_eligible(practice: Practice, score: Score) -> bool:
    ticket = getattr(score.conversation, "ticket", None)
    topic = ticket.topic.code if ticket and ticket.topic else None
    return is_eligible(practice.filters, channel=score.conversation.channel, topic=topic)


def shows(practice: Practice, score: Score) -> bool:
    """Whether a conversation shows the practice, as its detection says; without one nothing does."""
    kind, value = practice.detection.get("kind"), practice.detection.get("value", "")
    if kind == "regex":
        return says(transcript_of(score.conversation), value)
    if kind == "check":
        return Finding.objects.filter(score=score, check_code=value, verdict=Verdict.PASS).exists()
    if kind == "step":
        marked = TicketEvent.objects.filter(ticket__conversation=score.conversation, kind="step_marked")
        return marked.filter(data__step=int(value), data__done=True).exists()
    return False


def adoption_by_agent(practice: Practice, window: tuple[date, date]) -> dict[UUID, float]:
    """The share of eligible conversations of each agent that showed the practice."""
    rows = PracticeAdoption.objects.filter(practice=practice, day__gte=window[0], day__lte=window[1])
    summed = rows.values("agent").annotate(of=Sum("eligible"), shown=Sum("adopted"))
    return {row["agent"]: row["shown"] / row["of"] for row in summed if row["of"]}
